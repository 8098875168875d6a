// The passages of a file in the order of the document, and those that people changed.
import { html, useEffect, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, offers, useCaller } from "../../caller.js";
import { count, number } from "../../format.js";
import { Button, SearchBox, TextField } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Bones, Empty, Failure, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction } from "../../resource.js";
import { Chunk } from "./chunk.js";
import { Conflicts } from "./conflicts.js";

const PAGE = 50;

export function Chunks({ file, datasetId, wanted, onShow, onFound }) {
  const caller = useCaller();
  const edits = may(caller, "write") && offers(caller, "dashboardKbChunksUpdate");
  const [words, setWords] = useState("");
  const [turn, setTurn] = useState(0);
  const [adding, setAdding] = useState(false);
  const [state, setState] = useState({ chunks: [], cursor: null, busy: true, error: null });
  const load = async (cursor, signal) => {
    setState((before) => ({ ...before, busy: true, error: null }));
    try {
      const page = await knowledge.files.chunks(datasetId, file.id, { cursor, limit: PAGE, query: words.trim() }, signal);
      setState((before) => ({ chunks: cursor ? [...before.chunks, ...page.data] : page.data, cursor: page.pagination.nextCursor, busy: false, error: null }));
      return page;
    } catch (error) {
      if (!signal?.aborted) setState((before) => ({ ...before, busy: false, error }));
      return null;
    }
  };
  useEffect(() => {
    const ending = new AbortController();
    const until = async (cursor) => {
      const page = await load(cursor, ending.signal);
      if (!page || !wanted || words.trim()) return;
      const there = page.data.find(({ id }) => id === wanted);
      if (there) onFound?.(there);
      else if (page.pagination.nextCursor) await until(page.pagination.nextCursor); // a result may point far down
    };
    const timer = setTimeout(() => until(null), words ? 250 : 0);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [file.id, words.trim(), turn, wanted]);
  const changed = (id, after) => {
    if (id && after && after.id === id) setState((before) => ({ ...before, chunks: before.chunks.map((chunk) => (chunk.id === id ? after : chunk)) }));
    else setTurn((before) => before + 1);
  };
  const { chunks, cursor, busy, error } = state;
  return html`<section class="stack passages" aria-label="Passages">
    <div class="toolbar"><h2>Passages</h2><span class="soft small numeric">${count(file.chunksCount, "passage")}</span><span class="grow"></span>
      ${offers(caller, "dashboardKbChunksUpdate") && html`<${SearchBox} label="Find in passages" value=${words} onValue=${setWords} />`}
      ${edits && file.chunksCount > 0 && html`<${Button} size="small" icon="add" onClick=${() => setAdding(true)}>Add a passage<//>`}</div>
    ${offers(caller, "dashboardKbChunkChanges") && html`<${Conflicts} file=${file} datasetId=${datasetId} edits=${edits} turn=${turn} onDone=${() => changed(null)} />`}
    ${chunks.length > 0 && html`<ol class="stack">${chunks.map((chunk) => html`<${Chunk} key=${chunk.id} chunk=${chunk} wanted=${chunk.id === wanted} edits=${edits} onShow=${onShow} onChanged=${changed} file=${file} datasetId=${datasetId} />`)}</ol>`}
    ${error && html`<${Failure} error=${error} retry=${() => load(cursor)} what="The passages could not be loaded." />`}
    ${busy && chunks.length === 0 && html`<${Bones} rows=${4} height=${40} />`}
    ${!busy && !error && chunks.length === 0 && html`<div class="panel"><${Empty} icon="file" title=${words ? "No passage has these words" : "No passages yet"}>${words ? "" : "They appear once the file is indexed."}<//></div>`}
    ${cursor && html`<${Button} busy=${busy} onClick=${() => load(cursor)}>Show ${words ? "" : number(Math.min(PAGE, file.chunksCount - chunks.length))} more<//>`}
    ${adding && html`<${AddChunk} file=${file} datasetId=${datasetId} onClose=${() => setAdding(false)} onDone=${() => { setAdding(false); changed(null); }} />`}
  </section>`;
}

function AddChunk({ file, datasetId, onClose, onDone }) {
  const [given, setGiven] = useState({ content: "", heading: "" });
  const adding = useAction(async () => {
    if (!given.content.trim()) throw new Error("Write what the passage says.");
    await knowledge.files.addChunk(datasetId, file.id, { content: given.content.trim(), headingPath: given.heading.trim() ? [given.heading.trim()] : [] });
    say("Added. It stays when the file is built anew.");
    onDone();
  });
  return html`<${Dialog} title="Add a passage" lead="For what the file should say and does not. Searches find it like any other." onClose=${onClose} busy=${adding.busy} onSubmit=${adding.run}
    foot=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${adding.busy}>Add<//>`}>
    ${adding.error && html`<${Notice} tone="bad"><p>${adding.error.message}</p><//>`}
    <${TextField} label="Heading" value=${given.heading} onValue=${(heading) => setGiven({ ...given, heading })} dir="auto" maxlength="300" />
    <${TextField} label="Text" multiline rows="6" value=${given.content} onValue=${(content) => setGiven({ ...given, content })} dir="auto" maxlength="20000" autofocus />
  <//>`;
}
