// What people may do about a task: try again, pause, let go on, call off; and what it waits for them to say.
import { html, useState } from "../../html.js";
import * as work from "../../api/work.js";
import { may, offers, useCaller } from "../../caller.js";
import { Button, TextField } from "../../parts/controls.js";
import { Confirm, Dialog } from "../../parts/dialog.js";
import { Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction } from "../../resource.js";

const OVER = new Set(["done", "failed"]);

const isCalledOff = ({ runs }) => runs.at(-1)?.error === "cancelled";

// Administrators may; who made it may as well, but the server does not tell who that was.
export function Hands({ task, isPaused, refresh }) {
  const caller = useCaller();
  const [open, setOpen] = useState(null);
  const close = () => setOpen(null);
  const run = async (verb, told) => {
    try {
      await work.activities[verb](task.id);
      say(told);
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
    refresh();
  };
  if (!may(caller, "manage") || caller.agentRole !== null) return null;
  const offered = offers(caller, "dashboardActivitiesPause") && !OVER.has(task.status);
  return html`${task.status === "failed" && task.agentRole && !isCalledOff(task) && html`<${Button} icon="refresh" onClick=${() => run("retry", "It is tried again.")}>Try again<//>`}
    ${offered && isPaused && html`<${Button} kind="primary" onClick=${() => setOpen("resume")}>Let it go on …<//>`}
    ${offered && !isPaused && html`<${Button} onClick=${() => run("pause", "Paused. What was done so far is kept.")}>Pause<//>`}
    ${offered && html`<${Button} icon="stop" onClick=${() => setOpen("cancel")}>Call off …<//>`}
    ${open === "resume" && html`<${Resume} task=${task} onClose=${close} refresh=${refresh} />`}
    ${open === "cancel" && html`<${Cancel} task=${task} onClose=${close} refresh=${refresh} />`}`;
}

function Resume({ task, onClose, refresh }) {
  const [instructions, setInstructions] = useState("");
  const resuming = useAction(async () => {
    await work.activities.resume(task.id, instructions.trim() ? { instructions: instructions.trim() } : {});
    onClose();
    refresh();
  });
  return html`<${Dialog} title="Let it go on" onClose=${onClose} busy=${resuming.busy} onSubmit=${resuming.run}
    foot=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${resuming.busy}>Go on<//>`}>
    ${resuming.error && html`<${Notice} tone="bad"><p>${resuming.error.message}</p><//>`}
    <${TextField} label="Instructions" hint="Heard before the next turn. May be left empty." multiline rows="3" value=${instructions} onValue=${setInstructions} maxlength="20000" dir="auto" autofocus /><//>`;
}

function Cancel({ task, onClose, refresh }) {
  const cancelling = useAction(async () => {
    await work.activities.cancel(task.id);
    onClose();
    refresh();
  });
  return html`<${Confirm} title="Call this task off?" verb="Call off" action=${cancelling} onClose=${onClose}><p><b dir="auto">${task.title}</b> ends here, and nobody is asked any more. What it has brought stays.</p><//>`;
}

// Each question of its own, with room for the answer.
export const Blockers = ({ task, blockers, refresh }) => blockers.map((one) => html`<${Blocker} key=${one.id} task=${task} blocker=${one} refresh=${refresh} />`);

function Blocker({ task, blocker, refresh }) {
  const caller = useCaller();
  const [answer, setAnswer] = useState("");
  const answering = useAction(async () => {
    await work.activities.answer(task.id, blocker.id, answer.trim() ? { answer: answer.trim() } : {});
    say("Answered.");
    refresh();
  });
  const submit = (event) => {
    event.preventDefault();
    answering.run();
  };
  return html`<section class="panel padded stack" aria-label="A question"><p class="small soft"><bdi>${blocker.createdBy.name}</bdi> cannot go on without this${blocker.person && html`, and asks <bdi>${blocker.person.name}</bdi>`}:</p>
    <p class="prose strong" dir="auto">${blocker.text}</p>
    ${answering.error && html`<${Notice} tone="bad"><p>${answering.error.message}</p><//>`}
    ${may(caller, "write") && caller.agentRole === null && html`<form class="stack tight" onSubmit=${submit} aria-label="Answer">
      <${TextField} label="Answer" multiline rows="2" value=${answer} onValue=${setAnswer} maxlength="20000" dir="auto" />
      <div><${Button} type="submit" kind="primary" busy=${answering.busy}>Answer<//></div></form>`}</section>`;
}
