// One approval: what it is about, and the decision with a note.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, useCaller } from "../../caller.js";
import { ago, fullTime } from "../../format.js";
import { Badge, Button, TextField } from "../../parts/controls.js";
import { Empty, Loaded, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";
import { href } from "../../router.js";
import { Output } from "../tasks/output.js";
import { TaskStatus } from "../tasks/words.js";
import { HeldCrawl } from "./heldcrawl.js";
import { Ending, Risk, typeOf } from "./words.js";

const DONE = { approved: "Approved.", rejected: "Rejected.", revision_requested: "A revision is asked for." };
// What is shown in another way.
const SHOWN = ["datasetId", "siteId", "crawlJobId", "startUrl", "removals", "outputId", "version"];

export function Approval({ id, onDecided }) {
  const found = useResource((signal) => knowledge.approvals.get(id, signal), [id], () => null, ({ type, data }) => type === "approval_resolved" && data.approvalId === id);
  if (found.error?.status === 404) return html`<div class="panel"><${Empty} icon="question" title="This approval is not here">It may be about something that your key does not open.<//></div>`;
  return html`<${Loaded} from=${found} what="The approval could not be loaded.">${(approval) => html`<article class="panel padded stack">
    <div class="stack tight"><h2 dir="auto">${approval.title}</h2>
      <p class="row small">${approval.status === "pending" ? html`<${Badge} tone="warn">Waits for a decision<//>` : html`<${Ending} approval=${approval} />`}<${Risk} approval=${approval} /><span class="soft">${typeOf(approval)}</span></p>
      <p class="small soft">Asked for by <bdi>${approval.createdBy.name}</bdi>, <span title=${fullTime(approval.createdOn)}>${ago(approval.createdOn)}</span>.${approval.status === "pending" && html` Expires <span title=${fullTime(approval.expiresAt)}>${ago(approval.expiresAt)}</span>: what waits is refused then.`}</p></div>
    ${approval.description && html`<p class="prose" dir="auto">${approval.description}</p>`}
    ${approval.status !== "pending" && html`<${Outcome} approval=${approval} />`}
    ${approval.status === "pending" && html`<${Decision} key=${id} approval=${approval} onDecided=${onDecided} refresh=${found.refresh} />`}
    <${Subject} approval=${approval} /></article>`}<//>`;
}

const Outcome = ({ approval: { resolvedBy, resolvedAt, resolutionNote, selectedOption } }) => html`<dl class="facts">
  ${resolvedBy && html`<dt>Decided by</dt><dd><bdi>${resolvedBy.name}</bdi></dd>`}${resolvedAt && html`<dt>When</dt><dd>${fullTime(resolvedAt)}</dd>`}
  ${selectedOption && html`<dt>Chosen</dt><dd dir="auto">${selectedOption}</dd>`}${resolutionNote && html`<dt>Note</dt><dd class="prose" dir="auto">${resolutionNote}</dd>`}</dl>`;

function Decision({ approval, onDecided, refresh }) {
  const caller = useCaller();
  const [note, setNote] = useState("");
  const [option, setOption] = useState(null);
  const isCrawl = Boolean(approval.metadata.crawlJobId);
  const deciding = useAction(async (resolution) => {
    if (resolution === "approved" && approval.options && !option) throw new Error("Choose one of the options to approve.");
    if (resolution !== "approved" && !note.trim()) throw new Error("Say in the note why, so that whoever asked knows what to do.");
    await decide(approval.id, { resolution, ...(note.trim() ? { note: note.trim() } : {}), ...(resolution === "approved" && option ? { selectedOption: option } : {}) }, refresh);
    say(DONE[resolution]);
    onDecided();
  });
  if (!may(caller, "manage") || caller.agentRole !== null) return html`<${Notice} tone="info"><p>Administrators decide about it.</p><//>`;
  return html`<form class="stack" onSubmit=${(event) => event.preventDefault()} aria-label="Decision">
    ${deciding.error && html`<${Notice} tone="bad"><p>${deciding.error.message}</p><//>`}
    ${approval.options && html`<fieldset class="stack tight"><legend class="small strong">Which of these</legend>${approval.options.map((one) => html`<label class="check" key=${one}>
      <input type="radio" name="option" checked=${option === one} onChange=${() => setOption(one)} /><span dir="auto">${one}</span></label>`)}</fieldset>`}
    <${TextField} label="Note" multiline rows="2" value=${note} onValue=${setNote} maxlength="10000" dir="auto" hint=${isCrawl ? "Needed to reject." : "Needed to reject or to ask for a revision."} />
    <div class="row"><${Button} kind="primary" icon="check" busy=${deciding.busy} onClick=${() => deciding.run("approved")}>Approve<//>
      ${!isCrawl && html`<${Button} icon="undo" busy=${deciding.busy} onClick=${() => deciding.run("revision_requested")}>Ask for a revision<//>`}
      <${Button} kind="danger" icon="close" busy=${deciding.busy} onClick=${() => deciding.run("rejected")}>Reject<//></div></form>`;
}

// When the answer was lost on its way, the decision may stand all the same; and somebody else may have been quicker.
async function decide(id, json, refresh) {
  try {
    await knowledge.approvals.resolve(id, json);
  } catch (error) {
    if (!error.mayPass && error.status !== 409) throw error;
    const after = await knowledge.approvals.get(id);
    const isOurs = after.resolution === json.resolution && (after.resolutionNote ?? "") === (json.note ?? "");
    if (error.mayPass && isOurs) return;
    if (after.status !== "pending") refresh();
    throw error;
  }
}

function Subject({ approval: { metadata, linkedActivities, status } }) {
  const facts = Object.entries(metadata).filter(([name, value]) => !SHOWN.includes(name) && value !== null);
  return html`${metadata.crawlJobId && html`<${HeldCrawl} datasetId=${metadata.datasetId} crawlId=${metadata.crawlJobId} isOpen=${status === "pending"} />`}
    ${facts.length > 0 && html`<dl class="facts">${facts.map(([name, value]) => html`<dt><bdi>${name}</bdi></dt><dd dir="auto">${typeof value === "string" ? value : JSON.stringify(value)}</dd>`)}</dl>`}
    ${linkedActivities.map((one) => html`<section class="stack tight" key=${one.id} aria-label=${`Task ${one.title}`}>
      <div class="row"><h3><a dir="auto" href=${href(["tasks", one.id])}>${one.title}</a></h3><${TaskStatus} status=${one.status} /></div>
      ${one.outputRef ? html`<${Output} task=${one} level=${4} title="What it has brought" />` : html`<p class="small soft">It has brought nothing yet.</p>`}</section>`)}`;
}
