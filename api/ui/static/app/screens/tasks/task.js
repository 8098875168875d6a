// One task: what it has brought with its sources, how it is being worked on, what has happened, and what may be done.
import { html } from "../../html.js";
import * as work from "../../api/work.js";
import { offers, useCaller } from "../../caller.js";
import { fullTime } from "../../format.js";
import { LinkButton } from "../../parts/controls.js";
import { Page } from "../../parts/page.js";
import { Bones, Empty, Failure, Loaded, Notice } from "../../parts/states.js";
import { useResource } from "../../resource.js";
import { href } from "../../router.js";
import { Blockers, Hands } from "./hands.js";
import { Output } from "./output.js";
import { Run, useRun } from "./run.js";
import { Timeline } from "./timeline.js";
import { TaskStatus, isUnderWay, reasonName } from "./words.js";

const EVERY_MS = 10_000;
const CRUMBS = [{ name: "Tasks", to: "#/tasks" }];

export function Task({ id }) {
  const caller = useCaller();
  const concerns = ({ type, data }) => type.startsWith("activity_") && data.activityId === id;
  const found = useResource((signal) => load(id, offers(caller, "dashboardActivityBlockersList"), signal), [id], () => EVERY_MS, (event) => concerns(event) || event.type === "approval_resolved");
  if (!found.data) {
    return html`<${Page} title="Task" crumbs=${CRUMBS}>${found.error?.status === 404
      ? html`<div class="panel"><${Empty} icon="question" title="This task is not here" action=${html`<${LinkButton} href="#/tasks">To all tasks<//>`}>It may be about something that your key does not open.<//></div>`
      : found.error ? html`<${Failure} error=${found.error} retry=${found.refresh} what="The task could not be loaded." />` : html`<${Bones} rows=${8} />`}<//>`;
  }
  const { task, blockers } = found.data;
  const open = blockers.filter(({ status }) => status === "open");
  return html`<${Page} title=${task.title} crumbs=${CRUMBS} badge=${html`<${TaskStatus} status=${task.status} />`}
      actions=${html`<${Hands} task=${task} isPaused=${task.status === "blocked" && open.length === 0} refresh=${found.refresh} />`}>
    <${Loaded} from=${found} what="The task could not be loaded.">${() => html`
      <${News} task=${task} />
      <${Blockers} task=${task} blockers=${open} refresh=${found.refresh} />
      <div class="task"><div class="stack wide"><${Brought} task=${task} /></div>
        <div class="stack wide"><${Timeline} task=${task} blockers=${blockers} refresh=${found.refresh} /><${Facts} task=${task} /></div></div>`}<//>
  <//>`;
}

async function load(id, hasBlockers, signal) {
  const [task, blockers] = await Promise.all([
    work.activities.get(id, signal), hasBlockers ? work.activities.blockers(id, signal).then(({ data }) => data) : [],
  ]);
  return { task, blockers };
}

const News = ({ task: { status, approval, reviewerFeedback } }) => html`
  ${status === "awaiting_approval" && approval && html`<${Notice} tone="warn" action=${html`<${LinkButton} size="small" href=${href(["approvals", approval.id])}>Decide<//>`}><p>It waits for somebody who approves it, or sends it back.</p><//>`}
  ${reviewerFeedback && html`<${Notice} tone="info"><p class="strong">${status === "done" ? "A review asked for changes on the way" : "The last review asked for changes"}</p><p class="prose" dir="auto">${reviewerFeedback}</p><//>`}`;

function Brought({ task }) {
  const isGoing = isUnderWay(task);
  const run = useRun(task.id, `${isGoing} ${task.runs.length}`);
  return html`${isGoing && html`<section class="panel padded stack" aria-label="At work"><h2>At work</h2><${Run} run=${run} isGoing showsText /></section>`}
    ${task.outputRef && html`<${Output} task=${task} />`}
    ${!task.outputRef && !isGoing && html`<div class="panel"><${Empty} icon="work" title="It has brought nothing" /></div>`}
    ${!isGoing && run.steps.length > 0 && html`<details class="panel padded"><summary>How it was found</summary><${Run} run=${run} isGoing=${false} showsText=${false} /></details>`}`;
}

const Facts = ({ task }) => html`<section class="panel padded stack" aria-label="About the task"><h2>About</h2>
  <p class="prose" dir="auto">${task.inputPrompt}</p>
  <dl class="facts"><dt>Who does it</dt><dd><bdi>${task.assignee.name || "Nobody"}</bdi></dd>
    <dt>Approval</dt><dd>${task.needsApproval ? "A person approves what is brought" : "Not needed"}</dd>
    ${task.datasetId && html`<dt>Looks in</dt><dd><a href=${href(["datasets", task.datasetId])}>one dataset</a></dd>`}
    ${task.wakeReason && html`<dt>Last worked on</dt><dd>${reasonName(task.wakeReason)}</dd>`}
    <dt>Given</dt><dd>${fullTime(task.createdOn)}</dd></dl>
  ${task.subtasks.length > 0 && html`<h3>Parts</h3><ul class="stack tight">${task.subtasks.map((one) => html`<li class="row" key=${one.id}><a class="clip" dir="auto" href=${href(["tasks", one.id])}>${one.title}</a><${TaskStatus} status=${one.status} /></li>`)}</ul>`}</section>`;
