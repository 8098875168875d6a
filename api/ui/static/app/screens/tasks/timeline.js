// What has happened to a task, oldest first: runs, comments, answers; and a comment of one's own.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import * as work from "../../api/work.js";
import { may, offers, useCaller } from "../../caller.js";
import { ago, count, duration, fullTime } from "../../format.js";
import { Badge, Button, TextField } from "../../parts/controls.js";
import { Icon } from "../../parts/icon.js";
import { Notice } from "../../parts/states.js";
import { useAction, useResource } from "../../resource.js";

const RUNS = { completed: ["good", "finished"], failed: ["bad", "failed"], timeout: ["bad", "took too long"] };
const MENTION = /(@(?:agent|human):[A-Za-z0-9][\w-]*)/;

export function Timeline({ task, blockers, refresh }) {
  const writes = may(useCaller(), "write");
  const lines = [
    { at: task.createdOn, icon: "add", what: html`<p>The task was given to <bdi>${task.assignee.name || "nobody"}</bdi>.</p>` },
    ...task.runs.map((run) => ({ at: run.completedAt ?? run.startedAt, icon: "pulse", what: html`<${RunLine} run=${run} />` })),
    ...task.comments.map((one) => ({ at: one.createdOn, icon: one.author.type === "agent" ? "work" : "user", what: html`<${Comment} comment=${one} />` })),
    ...blockers.filter(({ status }) => status === "resolved").map((one) => ({ at: one.resolvedAt, icon: "question", what: html`<div class="stack tight"><p dir="auto">${one.text}</p><p class="small"><b><bdi>${one.resolvedBy?.name}</bdi></b>: <span dir="auto">${one.answer ?? "resolved"}</span></p></div>` })),
  ].sort((one, other) => one.at.localeCompare(other.at));
  return html`<section class="panel padded stack" aria-label="Timeline"><h2>Timeline</h2>
    <ol class="timeline">${lines.map(({ at, icon, what }, index) => html`<li key=${index}><${Icon} name=${icon} size=${14} /><div class="grow small">${what}<p class="tiny soft" title=${fullTime(at)}>${ago(at)}</p></div></li>`)}</ol>
    ${writes && html`<${Say} task=${task} refresh=${refresh} />`}</section>`;
}

function RunLine({ run }) {
  const [tone, name] = RUNS[run.status] ?? ["", run.status];
  const tokens = run.inputTokens + run.outputTokens;
  const costs = [run.model, duration(run.durationMs), tokens > 0 && count(tokens, "token"), run.costUsd > 0 && `$${run.costUsd.toFixed(4)}`].filter(Boolean);
  return html`<p>A run <${Badge} tone=${tone}>${name}<//></p><p class="tiny soft">${costs.join(" · ")}</p>${run.error && html`<p class="wrong-text" dir="auto">${run.error}</p>`}`;
}

function Comment({ comment: { author, text, mentions } }) {
  const names = new Map(mentions.map(({ type, id, name }) => [`@${type}:${id}`, name]));
  return html`<p class="strong"><bdi>${author.name}</bdi></p><p class="prose" dir="auto">${text.split(MENTION).map((part) => (names.has(part) ? html`<span class="mention">@<bdi>${names.get(part)}</bdi></span>` : part))}</p>`;
}

function Say({ task, refresh }) {
  const [text, setText] = useState("");
  const saying = useAction(async () => {
    if (!text.trim()) throw new Error("Write something first.");
    await work.activities.comment(task.id, { text: text.trim() });
    setText("");
    refresh();
  });
  const submit = (event) => {
    event.preventDefault();
    saying.run();
  };
  return html`<form class="stack tight" onSubmit=${submit} aria-label="Comment">
    ${saying.error && html`<${Notice} tone="bad"><p>${saying.error.message}</p><//>`}
    <${TextField} label="Comment" multiline rows="2" value=${text} onValue=${setText} maxlength="20000" dir="auto" />
    <div class="row apart"><${Mentions} onChosen=${(mention) => setText(`${text}${text && !/\s$/.test(text) ? " " : ""}${mention} `)} /><${Button} type="submit" busy=${saying.busy}>Say it<//></div></form>`;
}

function Mentions({ onChosen }) {
  const caller = useCaller();
  const who = useResource(async (signal) => {
    const [agents, people] = await Promise.all([
      work.agents.list(signal).then(({ data }) => data.map(({ role, name }) => [`@agent:${role}`, name])),
      offers(caller, "dashboardTeamList") ? knowledge.access.team(signal).then(({ data }) => data.filter(({ type }) => type === "human").map(({ id, name }) => [`@human:${id}`, name]), () => []) : [],
    ]);
    return [...people, ...agents];
  }, []);
  const choose = ({ target }) => {
    if (target.value) onChosen(target.value);
    target.value = "";
  };
  return html`<select class="input filter" aria-label="Mention somebody" onChange=${choose}><option value="">Mention …</option>${(who.data ?? []).map(([key, name]) => html`<option key=${key} value=${key}>${name}</option>`)}</select>`;
}
