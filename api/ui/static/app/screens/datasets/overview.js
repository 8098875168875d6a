// KB1: all datasets at a glance.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, useCaller } from "../../caller.js";
import { ago, fullTime, number } from "../../format.js";
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

export function Datasets() {
  const caller = useCaller();
  const [making, setMaking] = useState(false);
  const list = useResource((signal) => knowledge.datasets.list(signal), [],
    (found) => (found?.data.some(({ status }) => status === "building") ? BUSY_MS : QUIET_MS));
  const add = may(caller, "manage") && caller.datasetIds === null
    && html`<${Button} kind="primary" icon="add" onClick=${() => setMaking(true)}>New dataset<//>`;
  return html`<${Page} title="Datasets" lead="Collections of files that are searched together." actions=${list.data?.data.length > 0 && add}>
    <${Loaded} from=${list} what="The datasets could not be loaded." rows=${6}>
      ${({ data }) => (data.length ? html`<${Overview} datasets=${data} />` : html`<div class="panel">
        <${Empty} title="No dataset yet" action=${add}>${add
          ? "A dataset holds files that belong together: a handbook, a product's documentation, a website."
          : "Datasets that you may see appear here."}<//></div>`)}
    <//>
    ${making && html`<${NewDataset} onClose=${() => setMaking(false)} />`}
  <//>`;
}

function Overview({ datasets }) {
  const [text, setText] = useState("");
  const [order, setOrder] = useState({ key: "name", down: false });
  const wanted = text.trim().toLowerCase();
  const shown = wanted ? datasets.filter(({ name, description }) => `${name} ${description ?? ""}`.toLowerCase().includes(wanted)) : datasets;
  const sum = (field) => datasets.reduce((total, dataset) => total + dataset[field], 0);
  return html`
    <dl class="stats panel padded">
      <div><dt>Datasets</dt><dd>${number(datasets.length)}</dd></div>
      <div><dt>Files</dt><dd>${number(sum("totalFiles"))}</dd></div>
      <div><dt>Passages</dt><dd>${number(sum("totalChunks"))}</dd></div>
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
    key: "name", label: "Name", width: "minmax(200px, 3fr)", narrow: "minmax(0, 1fr)", sort: ({ name }) => name,
    render: (dataset) => html`<div class="two"><a class="name clip" title=${dataset.name} href=${href(["datasets", dataset.id])}><bdi>${dataset.name}</bdi></a>
      ${dataset.description && html`<span class="soft tiny clip"><bdi>${dataset.description}</bdi></span>`}</div>`,
  },
  { key: "status", label: "State", width: "136px", narrow: "128px", sort: ({ status }) => status, render: (dataset) => html`<${DatasetStatus} dataset=${dataset} />` },
  { key: "files", label: "Files", width: "80px", end: true, downFirst: true, wide: true, sort: ({ totalFiles }) => totalFiles, render: ({ totalFiles }) => html`<span class="numeric">${number(totalFiles)}</span>` },
  { key: "chunks", label: "Passages", width: "90px", end: true, downFirst: true, wide: true, sort: ({ totalChunks }) => totalChunks, render: ({ totalChunks }) => html`<span class="numeric">${number(totalChunks)}</span>` },
  { key: "agents", label: "Agents", width: "minmax(90px, 1fr)", wide: true, sort: ({ allowedAgentRoles }) => allowedAgentRoles.join(), render: ({ allowedAgentRoles: roles }) => html`<${Agents} roles=${roles} />` },
  { key: "model", label: "Model", width: "minmax(110px, 1fr)", wide: true, sort: ({ embeddingModel }) => embeddingModel, render: ({ embeddingModel }) => html`<div class="clip soft" title=${embeddingModel}>${embeddingModel}</div>` },
  { key: "made", label: "Created", width: "100px", wide: true, end: true, downFirst: true, sort: ({ createdOn }) => createdOn, render: ({ createdOn }) => html`<span class="soft" title=${fullTime(createdOn)}>${ago(createdOn)}</span>` },
];

const Agents = ({ roles }) => {
  if (roles.includes("*")) return "Every agent";
  return roles.length ? html`<div class="clip" title=${roles.join(", ")}>${roles.join(", ")}</div>` : html`<span class="soft">None</span>`;
};
