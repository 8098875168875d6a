// One dataset: its files, its settings, and what else there is to it.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, offers, useCaller } from "../../caller.js";
import { Bones, Failure } from "../../parts/states.js";
import { Empty, Notice } from "../../parts/states.js";
import { Button, LinkButton } from "../../parts/controls.js";
import { Page } from "../../parts/page.js";
import { useResource } from "../../resource.js";
import { href } from "../../router.js";
import { Files } from "./files.js";
import { Settings } from "./settings.js";
import { Website } from "../website/website.js";
import { DatasetStatus } from "./status.js";

const QUIET_MS = 30_000;
const BUSY_MS = 1500;

const TABS = [
  { key: "files", name: "Files", show: Files, offered: (caller) => may(caller, "read") },
  { key: "website", name: "Websites", show: Website, offered: (caller) => may(caller, "read") && offers(caller, "dashboardKbCrawlSitesList") },
  { key: "settings", name: "Settings", show: Settings, offered: (caller) => may(caller, "write") },
];

export function Dataset({ id, tab, rest, params }) {
  const caller = useCaller();
  const dataset = useResource((signal) => timed(() => knowledge.datasets.get(id, signal)), [id], pace,
    ({ data }) => data.datasetId === id);
  const detail = dataset.data?.value;
  const tabs = TABS.filter(({ offered }) => offered(caller));
  const current = tabs.find(({ key }) => key === tab) ?? tabs[0];
  const put = (change) => dataset.put((before) => before && { ...before, value: change(before.value) });
  if (!detail) return html`<${Waiting} dataset=${dataset} />`;
  return html`<${Page} title=${detail.name} lead=${detail.description} badge=${html`<${DatasetStatus} dataset=${detail} />`}
      crumbs=${[{ name: "Datasets", to: "#/datasets" }]}
      actions=${may(caller, "search") && html`<${LinkButton} icon="search" href=${href(["search"], { in: id })}>Search it<//>`}>
    <nav class="tabs" aria-label="Dataset">${tabs.map(({ key, name }) => html`<a key=${key} href=${href(["datasets", id, key])}
      aria-current=${key === current.key ? "page" : null}>${name}</a>`)}</nav>
    ${dataset.error && html`<${Notice} tone="warn" action=${html`<${Button} size="small" icon="refresh" onClick=${dataset.refresh}>Refresh<//>`}>
      <p>What you see may be out of date: ${dataset.error.message}</p><//>`}
    <${current.show} key=${current.key} dataset=${detail} refresh=${dataset.refresh} put=${put} rest=${rest} params=${params} />
  <//>`;
}

function Waiting({ dataset: { error, refresh } }) {
  if (!error) return html`<${Page} title="Dataset"><${Bones} rows=${8} /><//>`;
  if (error.status === 404) return html`<${Page} title="Dataset"><div class="panel"><${Empty} icon="question" title="This dataset is not here"
    action=${html`<${LinkButton} href="#/datasets">All datasets<//>`}>It was deleted, or your key does not open it.<//></div><//>`;
  return html`<${Page} title="Dataset"><${Failure} error=${error} retry=${refresh} what="The dataset could not be loaded." /><//>`;
}

async function timed(load) {
  const started = performance.now();
  const value = await load();
  return { value, took: performance.now() - started };
}

// Often while something is being built, but never so often that a long list is all the server does.
function pace(answer) {
  if (!answer) return null;
  return answer.value.status === "building" ? Math.max(BUSY_MS, answer.took * 8) : QUIET_MS;
}
