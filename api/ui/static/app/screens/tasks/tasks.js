// What people and agents work on: the board, what comes again and again, and one task.
import { html } from "../../html.js";
import { offers, useCaller } from "../../caller.js";
import { Page } from "../../parts/page.js";
import { href } from "../../router.js";
import { Board } from "./board.js";
import { Recurring } from "./recurring.js";
import { Task } from "./task.js";

const TABS = [["board", "Board"], ["recurring", "Recurring"]];

export function Tasks({ id }) {
  const caller = useCaller();
  if (id && !TABS.some(([key]) => key === id)) return html`<${Task} key=${id} id=${id} />`;
  const tabs = TABS.filter(([key]) => key === "board" || offers(caller, "dashboardRecurringTasksList"));
  const current = id ?? "board";
  return html`<${Page} title="Tasks" lead="What people and agents work on, and who is waited for.">
    <nav class="tabs" aria-label="Tasks">${tabs.map(([key, name]) => html`<a key=${key} href=${href(["tasks", ...(key === "board" ? [] : [key])])} aria-current=${key === current ? "page" : null}>${name}</a>`)}</nav>
    ${current === "recurring" ? html`<${Recurring} />` : html`<${Board} />`}
  <//>`;
}
