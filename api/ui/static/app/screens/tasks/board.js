// The board: a column for each thing that can be the case with a task, kept by what happens on the server.
import { html, useEffect, useState } from "../../html.js";
import * as work from "../../api/work.js";
import { may, useCaller } from "../../caller.js";
import { ago, fullTime, number } from "../../format.js";
import { Button } from "../../parts/controls.js";
import { Icon } from "../../parts/icon.js";
import { Empty, Loaded } from "../../parts/states.js";
import { useResource } from "../../resource.js";
import { href } from "../../router.js";
import { NewTask } from "./new.js";
import { COLUMNS, TaskStatus, isOfTasks } from "./words.js";

const EVERY_MS = 10_000;
const AT_ONCE = 100;

export function Board() {
  const [role, setRole] = useState("");
  const [depths, setDepths] = useState({}); // pages of each column, by its key; one where none is said
  const [making, setMaking] = useState(false);
  const writes = may(useCaller(), "write");
  const agents = useResource((signal) => work.agents.list(signal).then(({ data }) => data), []);
  const board = useResource((signal) => load(role, depths, signal), [role], () => EVERY_MS, isOfTasks);
  useEffect(() => {
    if (Object.keys(depths).length) board.refresh();
  }, [depths]);
  const choose = (event) => {
    setRole(event.target.value);
    setDepths({});
  };
  const deepen = (key) => setDepths((before) => ({ ...before, [key]: (before[key] ?? 1) + 1 }));
  return html`<div class="stack">
    <div class="toolbar"><select class="input filter" aria-label="Whose tasks" value=${role} onChange=${choose}>
        <option value="">Everybody's</option>${(agents.data ?? []).map((agent) => html`<option key=${agent.role} value=${agent.role}>${agent.name}</option>`)}</select>
      <span class="grow"></span>${writes && html`<${Button} kind="primary" icon="add" onClick=${() => setMaking(true)}>New task<//>`}</div>
    <${Loaded} from=${board} what="The tasks could not be loaded.">${({ tasks, more, depths: shown }) => (tasks.length
      ? html`<div class="board">${COLUMNS.map((column) => html`<${Column} key=${column.key} column=${column} tasks=${tasks.filter(({ status }) => column.statuses.includes(status))} hasMore=${column.statuses.some((one) => more.has(one))}
          isLoading=${depths[column.key] !== shown[column.key] && !board.error} onMore=${() => deepen(column.key)} />`)}</div>`
      : html`<div class="panel"><${Empty} icon="work" title="Nobody has anything to do">An agent that is given a task searches what is known here, cites it, and asks where it needs a person.<//></div>`)}<//>
    ${making && html`<${NewTask} agents=${agents.data ?? []} onClose=${() => setMaking(false)} onDone=${board.refresh} />`}
  </div>`;
}

// The newest of all; where there are more than that, of each status, so that no old one that waits is out of sight. Of
// each column as many pages as were asked for, anew each time, so that an old one moves like the others.
async function load(role, depths, signal) {
  const ask = (status, cursor) => work.activities.list({ limit: AT_ONCE, cursor, "filter[agentRole]": role, "filter[status]": status }, signal);
  const newest = await ask(null, null);
  if (!newest.pagination.hasMore) return { tasks: newest.data, more: new Set(), depths };
  const wanted = COLUMNS.flatMap(({ key, statuses }) => statuses.map((status) => ({ status, depth: depths[key] ?? 1 })));
  const found = await Promise.all(wanted.map(({ status, depth }) => pagesOf((cursor) => ask(status, cursor), depth)));
  const more = new Set(wanted.filter((_, index) => found[index].hasMore).map(({ status }) => status));
  return { tasks: found.flatMap(({ tasks }) => tasks), more, depths };
}

async function pagesOf(ask, depth) {
  const tasks = [];
  let cursor = null;
  for (let page = 0; page < depth; page += 1) {
    const { data, pagination } = await ask(cursor);
    tasks.push(...data);
    cursor = pagination.nextCursor;
    if (!cursor) break;
  }
  return { tasks, hasMore: cursor !== null };
}

const Column = ({ column: { key, name, statuses }, tasks, hasMore, isLoading, onMore }) => html`<section class="board-column" aria-labelledby=${`column-${key}`}>
  <div class="row apart"><h2 id=${`column-${key}`}>${name}</h2><span class="soft small numeric">${number(tasks.length)}${hasMore ? "+" : ""}</span></div>
  ${tasks.length > 0 && html`<ol class="stack">${tasks.map((task) => html`<li key=${task.id}><${Card} task=${task} isPlain=${statuses.length === 1} /></li>`)}</ol>`}
  ${hasMore && html`<${Button} size="small" busy=${isLoading} onClick=${() => !isLoading && onMore()}>Show older ones<//>`}</section>`;

function Card({ task, isPlain }) {
  const at = task.completedAt ?? task.startedAt ?? task.createdOn;
  return html`<a class="panel card" href=${href(["tasks", task.id])}>
    <span class="strong" dir="auto">${task.title}</span>
    <span class="row small"><${Icon} name=${task.agentRole ? "work" : "user"} size=${13} /><span class="soft clip" dir="auto">${task.assigneeName || "Nobody"}</span></span>
    <span class="row apart">${isPlain ? html`<span></span>` : html`<${TaskStatus} status=${task.status} />`}<span class="tiny soft" title=${fullTime(at)}>${ago(at)}</span></span></a>`;
}
