// KB6: websites whose pages become files of the dataset.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, offers, useCaller } from "../../caller.js";
import { ago, count, fullTime } from "../../format.js";
import { Badge, Button } from "../../parts/controls.js";
import { Confirm } from "../../parts/dialog.js";
import { Empty, Loaded } from "../../parts/states.js";
import { Check } from "../../parts/controls.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";
import { Crawl } from "./crawl.js";
import { CrawlHistory } from "./crawlhistory.js";
import { LoginDialog } from "./login.js";
import { SiteDialog, whenOf } from "./site.js";
import { CrawlState, isGoing } from "./state.js";

const BUSY_MS = 1500;

export function Website({ dataset, rest, refresh }) {
  const writes = may(useCaller(), "write");
  const [editing, setEditing] = useState(null);
  const sites = useResource((signal) => knowledge.crawl.sites(dataset.id, signal), [dataset.id],
    (found) => (found?.data.some(({ lastCrawl }) => lastCrawl && isGoing(lastCrawl.state)) ? BUSY_MS : 20_000),
    ({ type, data }) => (type === "crawl_updated" || type === "file_updated") && data.datasetId === dataset.id);
  const add = writes && html`<${Button} kind="primary" icon="add" onClick=${() => setEditing({})}>Add a website<//>`;
  if (rest[0]) return html`<${Crawl} dataset=${dataset} id=${rest[0]} />`;
  return html`<div class="stack wide">
    <${Loaded} from=${sites} what="The websites could not be loaded.">${({ data }) => (data.length
      ? html`<div class="stack"><div class="toolbar"><span class="grow"></span>${add}</div>${data.map((site) => html`<${Site} key=${site.siteId} site=${site} dataset=${dataset} writes=${writes} onEdit=${() => setEditing(site)} refresh=${() => { sites.refresh(); refresh(); }} />`)}</div>`
      : html`<div class="panel"><${Empty} icon="globe" title="No website yet" action=${add}>Give a start address: the site's pages become files of this dataset, are cited by their address, and stay current.<//></div>`)}<//>
    ${sites.data?.data.length > 0 && html`<${CrawlHistory} key=${sites.data.data.map(({ lastCrawl }) => `${lastCrawl?.id} ${lastCrawl?.state}`).join()} dataset=${dataset} />`}
    ${editing && html`<${SiteDialog} dataset=${dataset} site=${editing} onClose=${() => setEditing(null)} onDone=${() => { setEditing(null); sites.refresh(); }} />`}
  </div>`;
}

function Site({ site, dataset, writes, onEdit, refresh }) {
  const [removing, setRemoving] = useState(false);
  const [keep, setKeep] = useState(false);
  const [signing, setSigning] = useState(false);
  const signs = offers(useCaller(), "dashboardKbCrawlSitesLoginSet");
  const { lastCrawl: last } = site;
  const starting = useAction(async () => {
    await knowledge.crawl.start(dataset.id, { startUrl: site.startUrl });
    say("The crawl has begun.");
    refresh();
  });
  const deleting = useAction(async () => {
    const gone = await knowledge.crawl.removeSite(dataset.id, site.siteId, keep);
    say(`The website is removed${gone?.filesRemoved ? ` with ${count(gone.filesRemoved, "page")}` : ""}.`);
    setRemoving(false);
    refresh();
  });
  return html`<article class="panel padded stack"><div class="row apart top"><div class="stack tight grow"><h2 class="clip"><bdi>${site.startUrl}</bdi></h2>
      <p class="small soft">${count(site.pages, "page")} in the dataset · at most ${count(site.maxPages, "page")}, ${count(site.maxDepth, "link")} deep${site.urlPathFilter ? ` · only ${site.urlPathFilter}` : ""} · ${whenOf(site)}${site.login ? " · crawls sign in" : ""}${site.nextCrawlAt ? `, next ${fullTime(site.nextCrawlAt)}` : ""}</p></div>
    ${writes && html`<div class="row"><${Button} kind="primary" icon="refresh" busy=${starting.busy} disabled=${Boolean(last && isGoing(last.state))} onClick=${starting.run}>Crawl now<//>
      <${Button} icon="edit" onClick=${onEdit}>Settings<//>${signs && html`<${Button} icon="key" onClick=${() => setSigning(true)}>Login …<//>`}<${Button} icon="trash" label=${`Remove ${site.startUrl}`} onClick=${() => setRemoving(true)} /></div>`}</div>
    ${starting.error && html`<p class="wrong-text">${starting.error.message}</p>`}
    ${last ? html`<p class="row"><${CrawlState} state=${last.state} /><span class="small">${last.pagesCrawled} fetched, ${last.pagesIndexed} indexed${last.completedAt ? html`, <span title=${fullTime(last.completedAt)}>${ago(last.completedAt)}</span>` : ""}</span>
      <a class="small" href=${`#/datasets/${dataset.id}/website/${last.id}`}>${last.state === "held" ? "Look and decide" : "See what it found"}</a></p>` : html`<p><${Badge}>Never crawled<//></p>`}
    ${signing && html`<${LoginDialog} dataset=${dataset} site=${site} onClose=${() => setSigning(false)} onDone=${() => { setSigning(false); refresh(); }} />`}
    ${removing && html`<${Confirm} title="Remove this website?" verb="Remove" action=${deleting} onClose=${() => setRemoving(false)}><p><b>${site.startUrl}</b> is not crawled any more.</p>
      <${Check} checked=${keep} onValue=${setKeep}>Keep its ${count(site.pages, "page")} in the dataset<//><//>`}
  </article>`;
}
