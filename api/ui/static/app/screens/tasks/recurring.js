// What is asked for again and again: when it comes next, what came of it last, and the values it is asked with.
import { html, useState } from "../../html.js";
import * as work from "../../api/work.js";
import { may, useCaller } from "../../caller.js";
import { ago, fullTime } from "../../format.js";
import { Badge, Button } from "../../parts/controls.js";
import { Confirm } from "../../parts/dialog.js";
import { Menu } from "../../parts/menu.js";
import { Rows } from "../../parts/rows.js";
import { Empty, Loaded } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";
import { go, href } from "../../router.js";
import { NewRecurring } from "./newrecurring.js";
import { Values } from "./values.js";
import { isOfTasks } from "./words.js";
import { inWords, nextInWords } from "./when.js";

const EVERY_MS = 15_000;

export function Recurring() {
  const manages = may(useCaller(), "manage");
  const [making, setMaking] = useState(false);
  const list = useResource((signal) => work.recurring.list(signal).then(({ data }) => data), [], () => EVERY_MS, isOfTasks);
  return html`<div class="stack">
    ${manages && html`<div class="toolbar"><span class="grow"></span><${Button} kind="primary" icon="add" onClick=${() => setMaking(true)}>New recurring task<//></div>`}
    <${Loaded} from=${list} what="The recurring tasks could not be loaded.">${(items) => (items.length
      ? html`<div class="panel scroll"><table class="plain cards"><thead><tr><th>Task</th><th>When</th><th>Next</th><th>Last</th><th>State</th><th><span class="only-read">Actions</span></th></tr></thead>
          <tbody><${Rows} items=${items} deps=${[items]} columns=${6} draw=${(one) => html`<${Line} key=${one.id} task=${one} refresh=${list.refresh} />`} /></tbody></table></div>`
      : html`<div class="panel"><${Empty} icon="clock" title="Nothing comes again by itself">A briefing every Monday, a check every night: each time it is due, a task is made.<//></div>`)}<//>
    ${making && html`<${NewRecurring} onClose=${() => setMaking(false)} onDone=${list.refresh} />`}
  </div>`;
}

function Line({ task, refresh }) {
  const caller = useCaller();
  const [open, setOpen] = useState(null);
  const close = () => setOpen(null);
  const doing = async (step) => {
    try {
      await step();
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
    refresh();
  };
  const run = () => doing(async () => go(href(["tasks", (await work.recurring.run(task.id)).activityId])));
  const turn = () => doing(() => work.recurring.change(task.id, { isActive: !task.isActive }));
  const items = [
    { label: "Run now", icon: "refresh", run },
    { label: task.isActive ? "Switch off" : "Switch on", icon: task.isActive ? "eyeOff" : "eye", run: turn },
    ...(task.variables.length ? [{ label: "Values …", icon: "edit", run: () => setOpen("values") }] : []),
    ...(may(caller, "manage") ? [{ label: "Delete …", icon: "trash", danger: true, run: () => setOpen("delete") }] : []),
  ];
  return html`<tr><td><b dir="auto">${task.name}</b><div class="tiny soft"><bdi>${task.assigneeName}</bdi></div></td>
    <td data-label="When">${inWords(task)}</td>
    <td data-label="Next" title=${task.nextRunAt}>${task.isActive && task.nextRunAt ? nextInWords(task.nextRunAt) : html`<span class="soft">not by itself</span>`}</td>
    <td data-label="Last">${task.lastActivityId ? html`<a href=${href(["tasks", task.lastActivityId])} title=${task.lastRunAt && fullTime(task.lastRunAt)}>${task.lastRunAt ? ago(task.lastRunAt) : "The task"}</a>` : html`<span class="soft">never</span>`}</td>
    <td data-label="State"><${Badge} tone=${task.isActive ? "good" : ""}>${task.isActive ? "On" : "Off"}<//></td>
    <td class="act">${may(caller, "write") && html`<${Menu} label=${`Actions for ${task.name}`} items=${items} />`}
      ${open === "values" && html`<${Values} task=${task} onClose=${close} onDone=${refresh} />`}
      ${open === "delete" && html`<${Delete} task=${task} onClose=${close} onDone=${refresh} />`}</td></tr>`;
}

function Delete({ task, onClose, onDone }) {
  const deleting = useAction(async () => {
    await work.recurring.remove(task.id);
    onClose();
    onDone();
  });
  return html`<${Confirm} title="Delete this recurring task?" verb="Delete" action=${deleting} onClose=${onClose}><p><b dir="auto">${task.name}</b> does not come again. The tasks that it made stay.</p><//>`;
}
