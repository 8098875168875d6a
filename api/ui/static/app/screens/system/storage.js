// Where the space goes, dataset by dataset.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { bytes, count } from "../../format.js";
import { Shares } from "../../parts/bars.js";
import { Rows } from "../../parts/rows.js";
import { Empty, Loaded } from "../../parts/states.js";
import { useResource } from "../../resource.js";
import { href } from "../../router.js";

const KINDS = [["originalBytes", "Originals", ""], ["textCharacters", "Passages", "second"], ["vectorBytes", "Vectors", "third"]];
const total = (figures) => KINDS.reduce((sum, [field]) => sum + figures[field], 0);

export function Storage() {
  const loaded = useResource(async (signal) => {
    const [{ data: figures }, { data: datasets }] = await Promise.all([knowledge.overview(signal), knowledge.datasets.list(signal)]);
    const names = new Map(datasets.map(({ id, name }) => [id, name]));
    return figures.filter(({ datasetId }) => names.has(datasetId)).map((one) => ({ ...one, name: names.get(one.datasetId) })).sort((one, other) => total(other) - total(one));
  }, []);
  return html`<section class="stack" aria-label="Storage"><h2>Storage by dataset</h2>
    <${Loaded} from=${loaded} rows=${3} what="The storage could not be measured.">${(rows) => (rows.length
      ? html`<${Table} rows=${rows} />` : html`<div class="panel"><${Empty} icon="dataset" title="No dataset yet" /></div>`)}<//></section>`;
}

function Table({ rows }) {
  const most = Math.max(1, ...rows.map(total));
  const cell = (value) => html`<td class="end numeric nowrap">${bytes(value)}</td>`;
  return html`<div class="panel scroll"><table class="plain storage"><thead><tr><th>Dataset</th><th class="chart-cell"><span class="only-read">Share</span>
      <span class="row legend" aria-hidden="true">${KINDS.map(([, name, tone]) => html`<span><i class=${`swatch ${tone}`}></i>${name}</span>`)}</span></th>
      ${KINDS.map(([, name]) => html`<th class="end">${name}</th>`)}<th class="end">Together</th></tr></thead>
    <tbody><${Rows} items=${rows} columns=${6} draw=${(row) => html`<tr key=${row.datasetId}><td><a dir="auto" href=${href(["datasets", row.datasetId])}>${row.name}</a><div class="tiny soft">${count(row.files, "file")}</div></td>
      <td class="chart-cell"><${Shares} most=${most} parts=${KINDS.map(([field, name, tone]) => ({ value: row[field], tone, name: `${name} ${bytes(row[field])}` }))} label=${`Storage of ${row.name}`} /></td>
      ${KINDS.map(([field]) => cell(row[field]))}<td class="end numeric nowrap strong">${bytes(total(row))}</td></tr>`} /></tbody></table></div>
    <p class="tiny soft">Vectors as numbers of 32 bits, without the engine's indexes. Originals that several datasets share are kept once.</p>`;
}
