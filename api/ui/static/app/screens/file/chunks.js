// The passages of a file in the order of the document.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { count, number } from "../../format.js";
import { Badge, Button } from "../../parts/controls.js";
import { Passage } from "../../parts/passage.js";
import { Bones, Empty, Failure } from "../../parts/states.js";

const PAGE = 50;
const KINDS = { table: "Table", code: "Code", list: "List", heading: "Heading" };

export function Chunks({ file, datasetId, wanted }) {
  const [state, setState] = useState({ chunks: [], cursor: null, busy: true, error: null });
  const load = async (cursor, signal) => {
    setState((before) => ({ ...before, busy: true, error: null }));
    try {
      const page = await knowledge.files.chunks(datasetId, file.id, { cursor, limit: PAGE }, signal);
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
      // The passage that a result points at may be far down.
      if (page && wanted && !page.data.some(({ id }) => id === wanted) && page.pagination.nextCursor) await until(page.pagination.nextCursor);
    };
    until(null);
    return () => ending.abort();
  }, [file.id]);
  const { chunks, cursor, busy, error } = state;
  return html`<section class="stack" aria-label="Passages">
    <div class="row apart"><h2>Passages</h2><span class="soft small numeric">${count(file.chunksCount, "passage")}</span></div>
    ${chunks.length > 0 && html`<ol class="stack">${chunks.map((chunk) => html`<${Chunk} key=${chunk.id} chunk=${chunk} wanted=${chunk.id === wanted} />`)}</ol>`}
    ${error && html`<${Failure} error=${error} retry=${() => load(cursor)} what="The passages could not be loaded." />`}
    ${busy && html`<${Bones} rows=${4} height=${40} />`}
    ${!busy && !error && chunks.length === 0 && html`<div class="panel"><${Empty} icon="file" title="No passages yet">They appear once the file is indexed.<//></div>`}
    ${cursor && !busy && html`<${Button} onClick=${() => load(cursor)}>Show ${number(Math.min(PAGE, file.chunksCount - chunks.length))} more<//>`}
  </section>`;
}

function Chunk({ chunk, wanted }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    if (wanted) box.current.scrollIntoView({ block: "center" });
  }, [wanted]);
  return html`<li class=${`chunk panel ${wanted ? "wanted" : ""}`} ref=${box} aria-current=${wanted ? "true" : null}>
    <div class="row apart small soft"><span dir="auto" class="clip grow">${chunk.headingPath.join(" › ") || "No heading"}</span>
      <span class="row">${chunk.pageNumber && html`<span>page ${chunk.pageNumber}</span>`}
        ${KINDS[chunk.kind] && html`<${Badge}>${KINDS[chunk.kind]}<//>`}${!chunk.enabled && html`<${Badge}>Off<//>`}
        <span class="numeric nowrap">${count(chunk.tokenCount, "token")}</span></span></div>
    <${Passage} text=${chunk.content} /></li>`;
}
