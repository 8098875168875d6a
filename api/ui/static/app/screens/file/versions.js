// What a page of a website said when, and what had changed from one time to the next.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { ago, fullTime, number } from "../../format.js";
import { Choice } from "../../parts/controls.js";
import { Empty, Loaded, Notice } from "../../parts/states.js";
import { useResource } from "../../resource.js";

export function Versions({ file, datasetId }) {
  const list = useResource((signal) => knowledge.versions.list(datasetId, file.id, signal), [file.id, file.updatedOn]);
  return html`<${Loaded} from=${list} what="The versions could not be loaded.">${({ data }) => (data.length
    ? html`<${Reader} versions=${data} file=${file} datasetId=${datasetId} />`
    : html`<div class="panel"><${Empty} icon="history" title="No versions yet">Each time that a crawl finds the page saying something else, what it said is kept here.<//></div>`)}<//>`;
}

function Reader({ versions, file, datasetId }) {
  const [number, setNumber] = useState(versions[0].number);
  const [against, setAgainst] = useState("");
  const chosen = versions.find((one) => one.number === number) ?? versions[0];
  const choose = (next) => {
    setNumber(next);
    setAgainst("");
  };
  const others = versions.filter((one) => one.number !== chosen.number);
  return html`<div class="versions"><nav class="panel padded" aria-label="Versions"><ol class="stack tight">${versions.map((one) => html`<li key=${one.number}>
      <button type="button" aria-current=${one.number === chosen.number ? "true" : null} onClick=${() => choose(one.number)}><span class="strong">Version ${one.number}</span>
        <span class="tiny" title=${fullTime(one.createdOn)}>${ago(one.createdOn)}, ${count(one)}</span></button></li>`)}</ol></nav>
    <section class="stack" aria-label="What had changed">
      <div class="row apart"><h2><bdi>${chosen.title || `Version ${chosen.number}`}</bdi></h2>
        ${others.length > 0 && html`<${Choice} label="Beside" value=${against} onValue=${setAgainst} options=${[["", "the version before"], ...others.map((one) => [String(one.number), `version ${one.number}`])]} />`}</div>
      <${Version} key=${`${chosen.number} ${against}`} file=${file} datasetId=${datasetId} number=${chosen.number} against=${against} />
    </section></div>`;
}

const count = ({ characters }) => `${number(characters)} characters`;

function Version({ file, datasetId, number: wanted, against }) {
  const loaded = useResource((signal) => knowledge.versions.get(datasetId, file.id, wanted, { against }, signal), [file.id, wanted, against]);
  return html`<${Loaded} from=${loaded} rows=${6} what="The version could not be loaded.">${({ diff, text, comparedWith }) => {
    if (comparedWith === null) return html`<${Notice} tone="info"><p>The first version that was kept.</p><//>${text !== null && html`<pre class="panel plain-text" tabindex="0" role="region" aria-label="What it said" dir="auto">${text}</pre>`}`;
    if (!diff) return html`<${Notice} tone="info"><p>It said the same as version ${comparedWith}.</p><//>`;
    return html`<${Diff} diff=${diff} />`;
  }}<//>`;
}

const SIGNS = { "+": "added", "-": "removed", "@": "place" };

// A unified diff, line by line. The signs are text as well, for those who do not see colours.
export function Diff({ diff }) {
  const lines = diff.split("\n").filter((line) => !/^(---|\+\+\+) /.test(line) && line !== "");
  const sum = (sign) => lines.filter((line) => line.startsWith(sign)).length;
  return html`<p class="small soft">${number(sum("+"))} lines added, ${number(sum("-"))} removed</p>
    <pre class="panel diff" tabindex="0" role="region" aria-label="Changes">${lines.map((line, index) => {
      const kind = SIGNS[line[0]] ?? "";
      return html`<span key=${index} class=${kind} data-sign=${kind === "place" || !kind ? "" : line[0] === "-" ? "−" : "+"} dir="auto">${kind === "place" ? "…" : html`<span>${kind && html`<span class="only-read">${kind}: </span>`}${line.slice(1)}</span>`}</span>`;
    })}</pre>`;
}
