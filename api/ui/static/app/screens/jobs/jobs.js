// What runs, waits and failed; tried again, called off, forgotten.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, useCaller } from "../../caller.js";
import { ago, fullTime, number } from "../../format.js";
import { Badge, Button, Progress, Segments } from "../../parts/controls.js";
import { Page } from "../../parts/page.js";
import { Paged } from "../../parts/pages.js";
import { Rows } from "../../parts/rows.js";
import { Empty } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { href } from "../../router.js";
import { usePages } from "../paged.js";

const EVERY_MS = 2500;
const VIEWS = { active: ["queued", "running"], trouble: ["failed", "dead"], all: [] };
const STATES = { queued: ["", "Waiting"], running: ["busy", "Running"], done: ["good", "Done"], failed: ["bad", "Failed"], dead: ["bad", "Given up"], cancelled: ["", "Cancelled"] };
const KINDS = {
  "file.parse": "Read a file", "file.embed": "Index a file", "file.unpack": "Take out attachments", "file.remove": "Remove a file", "file.switch": "Switch a file", "file.sweep": "Sweep old versions",
  "chunk.refresh": "Index a changed passage", "dataset.remove": "Remove a dataset", "dataset.change_model": "Change the embedding model",
  "dataset.clear_shelves": "Remove old vectors", "crawl.run": "Crawl a website", "search.evaluate": "Evaluate searches",
  "doctor.examine": "Examine the knowledge base", "doctor.tidy": "Tidy up after a start",
};
const ENDED = new Set(["done", "failed", "dead", "cancelled"]);
const RETRIED = new Set(["failed", "dead", "cancelled"]);

export function Jobs() {
  const [view, setView] = useState("active");
  const jobs = usePages((page, signal) => knowledge.jobs.list({ ...page, state: VIEWS[view], limit: 100 }, signal), [view], EVERY_MS,
    ({ type }) => type === "job_updated");
  return html`<${Page} title="Jobs" lead="Work in the background: what runs, what waits, and what needs a person.">
    <div class="toolbar"><${Segments} label="Which jobs" value=${view} onValue=${setView} options=${[["active", "Going on"], ["trouble", "Failed"], ["all", "All"]]} /></div>
    <${Paged} from=${jobs} what="The jobs could not be loaded.">${(items) => (items.length
      ? html`<div class="panel scroll"><table class="plain cards"><thead><tr><th>Work</th><th>About</th><th>State</th><th class="end">Tries</th><th>Since</th><th><span class="only-read">Actions</span></th></tr></thead>
          <tbody><${Rows} paged items=${items} draw=${(job) => html`<${Job} key=${job.id} job=${job} refresh=${jobs.refresh} />`} /></tbody></table></div>`
      : html`<div class="panel"><${Empty} icon="check" title=${view === "trouble" ? "Nothing has failed" : "Nothing to do"}>${view === "active" && "All work is done."}<//></div>`)}<//>
  <//>`;
}

// What the server has no name for is told by its kind.
const nameOf = ({ kind, subjectName, subjectId }) => subjectName
  ?? (kind === "crawl.run" ? "Its addresses" : kind === "search.evaluate" ? "Golden questions" : kind.startsWith("doctor.") ? "Everything" : kind.startsWith("file.") ? "A file that is gone" : subjectId);

function placeOf({ kind, datasetId, subjectId, subjectName }) {
  if (datasetId && kind.startsWith("file.") && subjectName) return href(["datasets", datasetId, "file", subjectId]);
  if (datasetId && kind === "crawl.run") return href(["datasets", datasetId, "website", subjectId]);
  if (kind === "search.evaluate") return href(["questions"]);
  return subjectName && kind.startsWith("dataset.") ? href(["datasets", subjectId]) : null;
}

function Job({ job, refresh }) {
  const writes = may(useCaller(), "write");
  const [tone, name] = STATES[job.state] ?? ["", job.state];
  const run = async (verb, done) => {
    try {
      await knowledge.jobs[verb](job.id);
      say(done);
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
    refresh();
  };
  const subject = nameOf(job);
  return html`<tr>
    <td class="nowrap strong">${KINDS[job.kind] ?? job.kind}</td>
    <td data-label="About">${placeOf(job) ? html`<a dir="auto" href=${placeOf(job)}>${subject}</a>` : html`<bdi>${subject}</bdi>`}
      ${job.error && html`<div class="tiny wrong-text">${job.error}</div>`}</td>
    <td data-label="State"><${Badge} tone=${tone} busy=${job.state === "running"}>${name}<//>
      ${job.total > 0 && job.state === "running" && html`<div class="small-progress"><${Progress} value=${(job.done / job.total) * 100} label=${job.stage ?? "Progress"} /><span class="tiny soft numeric">${number(job.done)} of ${number(job.total)}</span></div>`}</td>
    <td class="end numeric nowrap" data-label="Tries">${job.attempt} of ${job.maxAttempts}</td>
    <td class="nowrap soft half" data-label="Since" title=${fullTime(job.createdOn)}>${ago(job.finishedOn ?? job.startedOn ?? job.createdOn)}</td>
    <td class="end"><div class="row still ending">${writes && RETRIED.has(job.state) && html`<${Button} size="small" icon="refresh" onClick=${() => run("retry", "It is tried again.")}>Try again<//>`}
      ${writes && !ENDED.has(job.state) && html`<${Button} size="small" icon="stop" onClick=${() => run("cancel", "Called off.")}>Cancel<//>`}
      ${writes && ENDED.has(job.state) && html`<${Button} kind="quiet" size="small" icon="trash" label=${`Forget the job about ${subject}`} onClick=${() => run("drop", "Forgotten.")} />`}</div></td></tr>`;
}
