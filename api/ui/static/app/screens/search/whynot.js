// "Why did that file not come back?"
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, useCaller } from "../../caller.js";
import { score } from "../../format.js";
import { Button, SearchBox, TextField } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Loaded, Notice } from "../../parts/states.js";
import { useAction, useResource } from "../../resource.js";
import { href } from "../../router.js";
import { ScoreBar } from "./results.js";

const SHOWN = 60;
const LEGS = { vector: "meaning", keyword: "words" };

export function WhyNot({ request, datasets }) {
  const [open, setOpen] = useState(false);
  return html`<div class="row"><span class="soft small">Did you expect something else?</span>
    <${Button} size="small" icon="question" onClick=${() => setOpen(true)}>Why not …<//>
    ${open && html`<${WhyNotDialog} request=${request} datasets=${datasets} onClose=${() => setOpen(false)} />`}</div>`;
}

function WhyNotDialog({ request, datasets, onClose }) {
  const caller = useCaller();
  const [text, setText] = useState("");
  const [address, setAddress] = useState("");
  const wanted = new Set(request.datasetIds);
  const files = useResource(async (signal) => {
    if (!may(caller, "read")) return [];
    const details = await Promise.all(datasets.filter(({ id }) => wanted.has(id)).slice(0, 20).map(({ id }) => knowledge.datasets.get(id, signal)));
    return details.flatMap((detail) => detail.files);
  }, [request.datasetIds.join()]);
  const asking = useAction((subject) => knowledge.whyNot({ ...request, ...subject }));
  const [verdict, setVerdict] = useState(null);
  const [asked, setAsked] = useState(null);
  const ask = async (subject) => {
    setAsked(subject.fileId ?? null);
    setVerdict(null);
    const answer = await asking.run(subject);
    if (answer) setVerdict(answer);
  };
  return html`<${Dialog} wide title="Why did it not come back?" lead=${html`For the question <bdi>“${request.query}”</bdi>, as it was asked.`} onClose=${onClose} onSubmit=${() => address.trim() && ask({ url: address.trim() })}>
    ${asking.error && html`<${Notice} tone="bad"><p>${asking.error.message}</p><//>`}
    ${verdict && html`<${Verdict} verdict=${verdict} />`}
    <${Loaded} from=${files} rows=${3}>${(all) => {
      const found = all.filter(({ fileName }) => fileName.toLowerCase().includes(text.trim().toLowerCase()));
      return html`<div class="stack"><${SearchBox} label="Find the file that you expected" value=${text} onValue=${setText} />
        <ul class="uploads" aria-label="Files">${found.slice(0, SHOWN).map((file) => html`<li key=${file.id}><span class="grow clip" dir="auto">${file.fileName}</span>
          <${Button} size="small" busy=${asking.busy && asked === file.id} onClick=${() => ask({ fileId: file.id })}>Why not this<//></li>`)}
          ${found.length > SHOWN && html`<li class="soft small">… and ${found.length - SHOWN} more: type more of the name</li>`}
          ${found.length === 0 && html`<li class="soft small">No file is called so.</li>`}</ul></div>`;
    }}<//>
    <div class="row still"><div class="grow"><${TextField} label="Or the address of a crawled page" type="url" value=${address} onValue=${setAddress} placeholder="https://" /></div></div>
    ${address.trim() && html`<div><${Button} type="submit" busy=${asking.busy}>Why not this page<//></div>`}
  <//>`;
}

function Verdict({ verdict }) {
  const { cause, reasons, fileId, fileName, datasetId, chunkId, vector, keyword, rank, neededScore, leg } = verdict;
  const came = cause === "returned" || cause === "found";
  return html`<${Notice} tone=${came ? "good" : "warn"} icon=${came ? "check" : "info"} data-cause=${cause}>
    ${fileName && html`<p class="strong" dir="auto">${datasetId && fileId ? html`<a href=${href(["datasets", datasetId, "file", fileId], { chunk: chunkId })}>${fileName}</a>` : fileName}</p>`}
    ${reasons.map((reason) => html`<p>${reason}</p>`)}
    ${(vector || keyword) && html`<div class="row">
      ${vector && html`<span class="row"><${ScoreBar} value=${vector.score} label="Meaning" tone="vector" /><span class="small">${vector.rank ? `rank ${vector.rank}` : "not found"} by meaning</span></span>`}
      ${keyword && html`<span class="row"><${ScoreBar} value=${keyword.score} label="Words" tone="keyword" /><span class="small">${keyword.rank ? `rank ${keyword.rank}` : "not found"} by words</span></span>`}</div>`}
    ${rank && html`<p class="small">It would be result ${rank}${verdict.score !== null ? ` with ${score(verdict.score)}` : ""}${neededScore !== null ? `; ${score(neededScore)} was needed` : ""}${leg ? `. It loses most by ${LEGS[leg] ?? leg}` : ""}.</p>`}
  <//>`;
}
