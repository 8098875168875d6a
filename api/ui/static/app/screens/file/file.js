// One file: what it was read as, passage by passage.
import { html, useEffect, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, offers, useCaller } from "../../caller.js";
import { bytes, fullTime, number } from "../../format.js";
import { Button, LinkButton, Segments } from "../../parts/controls.js";
import { Page } from "../../parts/page.js";
import { Empty, Failure, Bones, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";
import { go, href } from "../../router.js";
import { download } from "../datasets/download.js";
import { DeleteFile } from "../datasets/filecolumns.js";
import { FileStatus, isOnItsWay } from "../datasets/status.js";
import { Chunks } from "./chunks.js";
import { Original, isShown } from "./original.js";
import { Report } from "./report.js";
import { Versions } from "./versions.js";

const BUSY_MS = 1000;
const QUIET_MS = 60_000;

export function FileScreen({ datasetId, fileId, params }) {
  const dataset = useResource((signal) => knowledge.datasets.list(signal).then(({ data }) => data.find(({ id }) => id === datasetId) ?? null), [datasetId]);
  const file = useResource((signal) => knowledge.files.get(datasetId, fileId, signal), [datasetId, fileId],
    (found) => (found && isOnItsWay(found.status) ? BUSY_MS : QUIET_MS), ({ data }) => data.fileId === fileId);
  const crumbs = [{ name: "Datasets", to: "#/datasets" }, { name: dataset.data?.name ?? "Dataset", to: href(["datasets", datasetId]) }];
  if (!file.data) {
    return html`<${Page} title="File" crumbs=${crumbs}>${file.error?.status === 404
      ? html`<div class="panel"><${Empty} icon="question" title="This file is not here" action=${html`<${LinkButton} href=${href(["datasets", datasetId])}>To the dataset<//>`}>It was deleted, or your key does not open it.<//></div>`
      : file.error ? html`<${Failure} error=${file.error} retry=${file.refresh} what="The file could not be loaded." />` : html`<${Bones} rows=${8} />`}<//>`;
  }
  const { data } = file;
  const cut = data.fileName.lastIndexOf("/");
  return html`<${Page} title=${data.fileName.slice(cut + 1)} lead=${cut > 0 ? data.fileName.slice(0, cut) : null} crumbs=${crumbs}
      badge=${html`<${FileStatus} status=${data.status} progress=${data.progress} />`}
      actions=${html`<${Actions} file=${data} datasetId=${datasetId} refresh=${file.refresh} put=${file.put} />`}>
    ${data.status === "error" && html`<${Notice} tone="bad"><p class="strong">The newest build failed.</p><p>${data.errorMessage}</p>
      ${data.chunksCount > 0 && html`<p>Searches find the passages of the version before.</p>`}<//>`}
    ${data.warnings.length > 0 && html`<${Notice} tone="warn">${data.warnings.map((warning) => html`<p>${warning}</p>`)}<//>`}
    <${Views} file=${data} datasetId=${datasetId} params=${params} />
  <//>`;
}

const VIEWS = [
  { key: "text", name: "Passages", offered: () => true },
  { key: "report", name: "Report", offered: (caller) => offers(caller, "dashboardKbFilesReport") },
  { key: "versions", name: "Versions", offered: (caller, file) => offers(caller, "dashboardKbFilesVersions") && file.source === "website_crawl" },
  { key: "about", name: "About", offered: () => true },
];

function Views({ file, datasetId, params }) {
  const caller = useCaller();
  const views = VIEWS.filter(({ offered }) => offered(caller, file));
  const [wanted, setView] = useState(params.get("view") ?? "text");
  const view = views.some(({ key }) => key === wanted) ? wanted : "text";
  const [place, setPlace] = useState(null);
  const shown = isShown(file);
  return html`<div class="toolbar"><${Segments} label="What to show" value=${view} onValue=${setView} options=${views.map(({ key, name }) => [key, name])} /></div>
    ${view === "text" && html`<div class=${`file-view ${shown ? "two" : ""}`}>
      ${shown && html`<${Original} key=${file.id} file=${file} datasetId=${datasetId} place=${place} />`}
      <${Chunks} key=${file.updatedOn} file=${file} datasetId=${datasetId} wanted=${params.get("chunk")} onFound=${setPlace} onShow=${shown ? setPlace : null} /></div>`}
    ${view === "report" && html`<${Report} file=${file} datasetId=${datasetId} />`}
    ${view === "versions" && html`<${Versions} file=${file} datasetId=${datasetId} />`}
    ${view === "about" && html`<${Facts} file=${file} />`}`;
}

function Actions({ file, datasetId, refresh, put }) {
  const caller = useCaller();
  const [deleting, setDeleting] = useState(false);
  const changing = useAction(async (json, done) => {
    const after = await knowledge.files.change(datasetId, file.id, json);
    put(() => after);
    say(done);
    refresh();
  });
  useEffect(() => {
    if (changing.error) say(changing.error.message, { tone: "bad" });
  }, [changing.error]);
  return html`<${Button} icon="download" onClick=${() => download(datasetId, file)}>Original<//>
    ${may(caller, "write") && html`
      ${!isOnItsWay(file.status) && html`<${Button} icon=${file.enabled ? "eyeOff" : "eye"} busy=${changing.busy}
        onClick=${() => changing.run({ enabled: !file.enabled }, file.enabled ? "Switched off: no search finds it." : "Switched on.")}>${file.enabled ? "Switch off" : "Switch on"}<//>`}
      <${Button} icon="refresh" busy=${changing.busy} onClick=${() => changing.run({ reIngest: true }, "Being built anew.")}>Build anew<//>
      <${Button} icon="trash" label="Delete" onClick=${() => setDeleting(true)} />
      ${deleting && html`<${DeleteFile} file=${file} dataset=${{ id: datasetId }} onClose=${() => setDeleting(false)} onDeleted=${() => go(href(["datasets", datasetId]))} />`}`}`;
}

const Facts = ({ file }) => html`<section class="panel padded stack" aria-label="About the file"><h2>About</h2><dl class="facts">
  <dt>Type</dt><dd>${file.mimeType}</dd><dt>Size</dt><dd>${bytes(file.fileSizeBytes)}</dd>
  ${file.pageCount && html`<dt>Pages</dt><dd>${number(file.pageCount)}</dd>`}
  <dt>Passages</dt><dd>${number(file.chunksCount)}</dd>
  ${file.url && html`<dt>Address</dt><dd><a href=${file.url} target="_blank" rel="noopener noreferrer">${file.url}</a></dd>`}
  ${Object.entries(file.metadata).map(([name, value]) => html`<dt><bdi>${name}</bdi></dt><dd dir="auto">${value}</dd>`)}
  <dt>Added</dt><dd>${fullTime(file.createdOn)}</dd><dt>Changed</dt><dd>${fullTime(file.updatedOn)}</dd>
  <dt>Id</dt><dd class="mono">${file.id}</dd></dl></section>`;
