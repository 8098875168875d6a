// How the file was read: what was found, what was lost, what took how long.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { duration, number } from "../../format.js";
import { Histogram } from "../../parts/bars.js";
import { Badge } from "../../parts/controls.js";
import { Loaded, Notice } from "../../parts/states.js";
import { useResource } from "../../resource.js";

const STAGES = { parse: "Reading", reading: "Reading", parsing: "Reading", chunk: "Cutting", chunking: "Cutting", embed: "Indexing", embedding: "Indexing", index: "Writing", waiting: "Waiting" };
const ENGINES = { NODE_NATIVE: "Built-in", DOCLING: "Docling" };

export function Report({ file, datasetId }) {
  const report = useResource((signal) => knowledge.files.report(datasetId, file.id, signal), [file.id, file.updatedOn]);
  return html`<${Loaded} from=${report} what="The report could not be loaded.">${(found) => html`<div class="stack">
    ${found.suggestion && html`<${Notice} tone="info"><p class="strong">A suggestion</p><p>${found.suggestion.message}</p><//>`}
    ${found.truncations > 0 && html`<${Notice} tone="bad"><p>${number(found.truncations)} passages were not read to the end by the model. This is a defect: please report it.</p><//>`}
    <div class="report"><section class="panel padded stack"><h2>What was read</h2><${Facts} report=${found} /></section>
      <section class="panel padded stack"><h2>Length of the passages, in tokens</h2>${found.chunkLengths.length > 0
        ? html`<${Histogram} label="Passages by length" bars=${found.chunkLengths.map(({ fromTokens, toTokens, chunks }) => ({ value: chunks, label: toTokens === null ? `${fromTokens}+` : `${fromTokens}–${toTokens - 1}`, title: `${chunks} passages of ${fromTokens}${toTokens === null ? " and more" : ` to ${toTokens - 1}`} tokens` }))} />`
        : html`<p class="soft">No passages.</p>`}
        <h2>What took how long</h2><${Stages} stages=${found.stages} /></section></div>
    ${found.warnings.length > 0 && html`<section class="panel padded stack"><h2>Warnings</h2><ul class="stack tight">${found.warnings.map(({ message, pageNumber }) => html`<li class="row still top"><${Badge} tone="warn">${pageNumber ? `page ${pageNumber}` : "file"}<//><span>${message}</span></li>`)}</ul></section>`}
  </div>`}<//>`;
}

function Facts({ report }) {
  const pages = (list) => (list.length > 12 ? `${list.slice(0, 12).join(", ")} and ${list.length - 12} more` : list.join(", "));
  const rows = [
    ["Title", report.title], ["Language", report.language], ["Parser", ENGINES[report.engineUsed] ?? report.engineUsed],
    ["Pages", report.pageCount], ["Pages without text", report.pagesWithoutText.length ? pages(report.pagesWithoutText) : null],
    ["Pages read by text recognition", report.ocrPages.length ? report.ocrPages.map(({ page, confidence }) => `${page} (${Math.round(confidence * 100)} %)`).join(", ") : null],
    ["Tables", report.tablesFound ? `${report.tablesFound}${report.tablesSplit ? `, ${report.tablesSplit} cut in parts with their header repeated` : ""}` : null],
    ["Blocks", report.blocks.map(({ kind, blocks }) => `${kind} ${number(blocks)}`).join(", ")],
    ["Characters", number(report.characters)], ["Tokens", number(report.tokens)], ["Passages", number(report.chunksCount)],
    ["Passages that say the same", report.duplicateChunks || null],
    ["Passages that say nearly what another one of the dataset says", report.nearDuplicateChunks || null],
    ["Personal data replaced", report.redactions?.length ? report.redactions.map(({ kind, count }) => `${number(count)} ${kind.replace("_", " ")}`).join(", ") : null],
    ["Encoding", report.encoding.name && `${report.encoding.name}${report.encoding.wasGuessed ? ", guessed" : ""}${report.encoding.lostCharacters ? `, ${report.encoding.lostCharacters} characters lost` : ""}`],
  ];
  return html`<dl class="facts">${rows.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name, value]) => html`<dt>${name}</dt><dd dir="auto">${value}</dd>`)}</dl>`;
}

function Stages({ stages }) {
  const most = Math.max(0.001, ...stages.map(({ seconds }) => seconds));
  return html`<dl class="stages">${stages.map(({ stage, seconds }) => html`<dt class="small">${STAGES[stage] ?? stage}</dt><dd class="row still"><span class="stage-bar"><span style=${{ width: `${(seconds / most) * 100}%` }}></span></span><span class="small numeric nowrap">${duration(seconds * 1000)}</span></dd>`)}</dl>`;
}
