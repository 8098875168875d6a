// KB1: all datasets at a glance.
import { html, useMemo, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, offers, useCaller } from "../../caller.js";
import { ago, bytes, count, fullTime, number, percent } from "../../format.js";
import { Sparkline } from "../../parts/bars.js";
import { Button, SearchBox } from "../../parts/controls.js";
import { Page } from "../../parts/page.js";
import { Empty, Loaded } from "../../parts/states.js";
import { Table } from "../../parts/table.js";
import { useResource } from "../../resource.js";
import { href } from "../../router.js";
import { NewDataset } from "./new.js";
import { DatasetStatus } from "./status.js";

const BUSY_MS = 2500;
const QUIET_MS = 20_000;
const FIGURES_MS = 60_000;
const NONE = new Map();

export function Datasets() {
  const caller = useCaller();
  const [making, setMaking] = useState(false);
  const list = useResource((signal) => knowledge.datasets.list(signal), [],
    (found) => (found?.data.some(({ status }) => status === "building") ? BUSY_MS : QUIET_MS),
    ({ type }) => type.startsWith("dataset_") || type.startsWith("file_"));
  const figures = useResource(async (signal) => (offers(caller, "dashboardKbOverview")
    ? new Map((await knowledge.overview(signal)).data.map((one) => [one.datasetId, one])) : new Map()), [], () => FIGURES_MS);
  const add = may(caller, "manage") && caller.datasetIds === null
    && html`<${Button} kind="primary" icon="add" onClick=${() => setMaking(true)}>New dataset<//>`;
  return html`<${Page} title="Datasets" lead="Collections of files that are searched together." actions=${list.data?.data.length > 0 && add}>
    <${Loaded} from=${list} what="The datasets could not be loaded." rows=${6}>
      ${({ data }) => (data.length ? html`<${Overview} datasets=${data} figures=${figures.data ?? NONE} />` : html`<div class="panel">
        <${Empty} title="No dataset yet" action=${add}>${add
          ? "A dataset holds files that belong together: a handbook, a product's documentation, a website."
          : "Datasets that you may see appear here."}<//></div>`)}
    <//>
    ${making && html`<${NewDataset} onClose=${() => setMaking(false)} />`}
  <//>`;
}

function Overview({ datasets, figures }) {
  const [text, setText] = useState("");
  const [order, setOrder] = useState({ key: "name", down: false });
  const wanted = text.trim().toLowerCase();
  const rows = useMemo(() => datasets.map((dataset) => ({ ...dataset, figures: figures.get(dataset.id) })), [datasets, figures]);
  const shown = wanted ? rows.filter(({ name, description }) => `${name} ${description ?? ""}`.toLowerCase().includes(wanted)) : rows;
  const sum = (field) => datasets.reduce((total, dataset) => total + dataset[field], 0);
  const known = [...figures.values()];
  const sumOf = (field) => known.reduce((total, one) => total + one[field], 0);
  return html`
    <dl class="stats panel padded">
      <div><dt>Datasets</dt><dd>${number(datasets.length)}</dd></div>
      <div><dt>Files</dt><dd>${number(sum("totalFiles"))}</dd></div>
      <div><dt>Passages</dt><dd>${number(sum("totalChunks"))}</dd></div>
      ${known.length > 0 && html`<div><dt>Originals</dt><dd>${bytes(sumOf("originalBytes"))}</dd></div>`}
      <div><dt>Building</dt><dd>${number(datasets.filter(({ status }) => status === "building").length)}</dd></div>
      <div><dt>Need attention</dt><dd>${number(datasets.filter(({ status }) => status === "error").length)}</dd></div>
    </dl>
    ${datasets.length > 5 && html`<div class="toolbar"><${SearchBox} label="Filter by name" value=${text} onValue=${setText} /></div>`}
    ${shown.length === 0
      ? html`<div class="panel"><${Empty} icon="search" title="No dataset matches">Nothing is called “<bdi>${text}</bdi>”.<//></div>`
      : html`<${Table} label="Datasets" columns=${COLUMNS} rows=${shown} rowKey=${({ id }) => id} order=${order} onOrder=${setOrder} />`}`;
}

const COLUMNS = [
  {
    key: "name", label: "Name", width: "minmax(180px, 3fr)", narrow: "minmax(0, 1fr)", sort: ({ name }) => name,
    render: (dataset, narrow) => html`<div class="two"><a class="name clip" title=${dataset.name} href=${href(["datasets", dataset.id])}><bdi>${dataset.name}</bdi></a>
      ${narrow ? html`<span class="soft tiny clip">${count(dataset.totalFiles, "file")}${dataset.figures ? ` · ${bytes(dataset.figures.originalBytes)}` : ""}</span>`
        : dataset.description && html`<span class="soft tiny clip"><bdi>${dataset.description}</bdi></span>`}</div>`,
  },
  { key: "status", label: "State", width: "136px", narrow: "128px", sort: ({ status }) => status, render: (dataset) => html`<${Health} dataset=${dataset} />` },
  { key: "files", label: "Files", width: "66px", end: true, downFirst: true, wide: true, sort: ({ totalFiles }) => totalFiles, render: ({ totalFiles }) => html`<span class="numeric">${number(totalFiles)}</span>` },
  { key: "chunks", label: "Passages", width: "78px", end: true, downFirst: true, wide: true, sort: ({ totalChunks }) => totalChunks, render: ({ totalChunks }) => html`<span class="numeric">${number(totalChunks)}</span>` },
  { key: "size", label: "Size", width: "78px", end: true, downFirst: true, wide: true, sort: ({ figures }) => figures?.originalBytes, render: ({ figures }) => figures && html`<span class="numeric soft">${bytes(figures.originalBytes)}</span>` },
  { key: "fresh", label: "Last change", width: "104px", end: true, downFirst: true, wide: true, sort: ({ figures }) => Date.parse(figures?.indexedAt ?? 0), render: ({ figures }) => figures && html`<${Freshness} figures=${figures} />` },
  { key: "asked", label: "Questions, 30 days", width: "minmax(150px, 1fr)", downFirst: true, wide: true, sort: ({ figures }) => figures?.questions, render: ({ figures }) => figures && html`<${Asked} figures=${figures} />` },
  { key: "agents", label: "Agents", width: "minmax(80px, 0.8fr)", wide: true, sort: ({ allowedAgentRoles }) => allowedAgentRoles.join(), render: ({ allowedAgentRoles: roles }) => html`<${Agents} roles=${roles} />` },
];

const Health = ({ dataset }) => html`<div class="two"><span><${DatasetStatus} dataset=${dataset} /></span>
  ${dataset.figures?.filesFailed > 0 && html`<a class="tiny wrong-text" href=${href(["datasets", dataset.id, "files"], { status: "error" })}>${number(dataset.figures.filesFailed)} failed</a>`}</div>`;

// What was indexed last, and where there are websites, when they were crawled last.
const Freshness = ({ figures: { indexedAt, crawledAt } }) => html`<div class="two end">
  ${indexedAt ? html`<span title=${fullTime(indexedAt)}>${ago(indexedAt)}</span>` : html`<span class="soft">never</span>`}
  ${crawledAt && html`<span class="soft tiny" title=${fullTime(crawledAt)}>crawled ${ago(crawledAt)}</span>`}</div>`;

function Asked({ figures: { questions, questionsAnswered, questionsByDay } }) {
  if (!questions) return html`<span class="soft">none</span>`;
  const share = Math.round((questionsAnswered / questions) * 100);
  return html`<div class="asked"><div class="two"><span class="numeric">${number(questions)}</span><span class=${`tiny ${share < 50 ? "wrong-text" : "soft"}`}>${percent(share)} answered</span></div>
    <div class="tiny-chart"><${Sparkline} points=${questionsByDay} label="Questions by day, from old to new" height=${26} /></div></div>`;
}

const Agents = ({ roles }) => {
  if (roles.includes("*")) return "Every agent";
  return roles.length ? html`<div class="clip" title=${roles.join(", ")}>${roles.join(", ")}</div>` : html`<span class="soft">None</span>`;
};
