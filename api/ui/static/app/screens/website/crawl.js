// One crawl while it runs and afterwards: counts, a decision where one is due, and every address with its reason.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, useCaller } from "../../caller.js";
import { bytes, count, fullTime, number } from "../../format.js";
import { Button, SearchBox } from "../../parts/controls.js";
import { Paged } from "../../parts/pages.js";
import { Rows } from "../../parts/rows.js";
import { Empty, Loaded, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useResource } from "../../resource.js";
import { href } from "../../router.js";
import { usePages } from "../paged.js";
import { CrawlState, UrlOutcome, isGoing, outcomeName, outcomes } from "./state.js";

const BUSY_MS = 1000;
const DEEDS = { pause: "Paused.", resume: "It goes on.", cancel: "Cancelled; what it brought stays.", approve: "The pages are being removed.", reject: "The pages stay." };

export function Crawl({ dataset, id }) {
  const writes = may(useCaller(), "write");
  const crawl = useResource((signal) => knowledge.crawl.get(dataset.id, id, signal), [id], paceOf,
    ({ type, data }) => data.crawlJobId === id || (type === "file_updated" && data.datasetId === dataset.id));
  const decide = async (verb) => {
    try {
      const after = await knowledge.crawl.decide(dataset.id, id, verb);
      crawl.put(() => after);
      say(DEEDS[verb]);
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
    crawl.refresh();
  };
  return html`<div class="stack"><p><a href=${href(["datasets", dataset.id, "website"])}>All websites</a></p>
    <${Loaded} from=${crawl} what="The crawl could not be loaded.">${(found) => html`
      <article class="panel padded stack"><div class="row apart top"><div class="row"><h2><bdi>${found.startUrl}</bdi></h2><${CrawlState} state=${found.state} /></div>
        ${writes && html`<div class="row">${found.state === "running" && html`<${Button} onClick=${() => decide("pause")}>Pause<//>`}${found.state === "paused" && html`<${Button} onClick=${() => decide("resume")}>Go on<//>`}
          ${isGoing(found.state) && html`<${Button} icon="stop" onClick=${() => decide("cancel")}>Cancel<//>`}</div>`}</div>
        <dl class="stats"><div><dt>Fetched</dt><dd>${number(found.pagesCrawled)}</dd></div><div><dt>Indexed</dt><dd>${number(found.pagesIndexed)}</dd></div><div><dt>Failed</dt><dd>${number(found.pagesFailed)}</dd></div>
          <div><dt>Data</dt><dd>${bytes(found.bytesFetched)}</dd></div>${Object.entries(found.counts).filter(([, value]) => value > 0).map(([name, value]) => html`<div key=${name}><dt>${outcomeName(name)}</dt><dd>${number(value)}</dd></div>`)}</dl>
        <p class="small soft">${found.startedAt ? `Begun ${fullTime(found.startedAt)}` : found.scheduledFor ? `Begins ${fullTime(found.scheduledFor)}` : "Not begun yet"}${found.completedAt ? `, done ${fullTime(found.completedAt)}` : ""}${found.stopReason ? `. It stopped early: ${found.stopReason.replaceAll("_", " ")}` : ""}</p>
        ${found.errorMessage && html`<${Notice} tone="bad"><p>${found.errorMessage}</p><//>`}
        ${found.state === "held" && html`<${Notice} tone="warn"><p class="strong">This crawl would remove ${count(found.pagesToRemove, "page")}.</p><p>It did not find them any more. Perhaps the site is only broken: look at the addresses below before you decide.</p>
          ${writes && html`<div class="row"><${Button} kind="danger" onClick=${() => decide("approve")}>Remove them<//><${Button} onClick=${() => decide("reject")}>Keep them<//></div>`}<//>`}
      </article><${Urls} key=${isGoing(found.state) ? "going" : "done"} dataset=${dataset} id=${id} going=${isGoing(found.state)} />`}<//></div>`;
}

// Pages are indexed after they were fetched, so it is worth looking for a while longer.
function paceOf(found) {
  if (!found) return null;
  if (isGoing(found.state)) return BUSY_MS;
  return found.state === "completed" && found.pagesIndexed + found.pagesFailed < (found.counts.kept ?? 0) ? 2 * BUSY_MS : null;
}

function Urls({ dataset, id, going }) {
  const [outcome, setOutcome] = useState("");
  const [text, setText] = useState("");
  const urls = usePages((page, signal) => knowledge.crawl.urls(dataset.id, id, { ...page, limit: 100, outcome, contains: text.trim() }, signal), [id, outcome, text.trim()], going ? 2000 : null);
  return html`<section class="stack" aria-label="Addresses"><h2>Addresses</h2>
    <div class="toolbar"><${SearchBox} label="Filter by address" value=${text} onValue=${setText} />
      <select class="input filter" aria-label="Outcome" value=${outcome} onChange=${(event) => setOutcome(event.target.value)}><option value="">Outcome: all</option>${outcomes.map(([key, name]) => html`<option value=${key} selected=${key === outcome}>${name}</option>`)}</select></div>
    <${Paged} from=${urls} what="The addresses could not be loaded.">${(items) => (items.length
      ? html`<div class="panel scroll"><table class="plain cards"><thead><tr><th>Address</th><th>Outcome</th><th>Why</th><th class="end">Depth</th><th class="end">Status</th></tr></thead>
          <tbody><${Rows} paged items=${items} draw=${(url) => html`<tr key=${url.url}><td>${url.fileId ? html`<a href=${href(["datasets", dataset.id, "file", url.fileId])}><bdi>${url.url}</bdi></a>` : html`<bdi>${url.url}</bdi>`}${url.fileId && url.outcome === "kept" && html` <a class="tiny" href=${href(["datasets", dataset.id, "file", url.fileId], { view: "versions" })}>changes</a>`}${url.target && html`<div class="tiny soft">→ <bdi>${url.target}</bdi></div>`}${url.alternateOf && html`<div class="tiny soft">${url.language ?? "Translation"}, as <bdi>${url.alternateOf}</bdi></div>`}</td>
            <td data-label="Outcome"><${UrlOutcome} outcome=${url.outcome} /></td><td class="small" data-label="Why" dir="auto">${url.explanation}</td><td class="end numeric" data-label="Depth">${url.depth}</td><td class="end numeric" data-label="Status">${url.httpStatus ?? ""}</td></tr>`} /></tbody></table></div>`
      : html`<div class="panel"><${Empty} icon="globe" title="No addresses" /></div>`)}<//></section>`;
}
