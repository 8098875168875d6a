// The files of an upload and what became of each.
import { html, useState } from "../../../html.js";
import { bytes, number } from "../../../format.js";
import { Badge, Button, Progress } from "../../../parts/controls.js";

const SHOWN = 100;
const OUTCOMES = {
  waiting: ["", "Waiting"], created: ["good", "New"], replaced: ["good", "Replaces the old version"], identical: ["", "Already there"],
  refused: ["bad", "Refused"], failed: ["bad", "Failed"],
};
// What needs a look comes first.
const RANK = { refused: 0, failed: 0, sending: 1, waiting: 2 };

export function Items({ items, onRemove }) {
  const [all, setAll] = useState(false);
  const ordered = [...items].sort((one, other) => (RANK[one.state] ?? 3) - (RANK[other.state] ?? 3));
  const shown = all ? ordered.slice(0, 500) : ordered.slice(0, SHOWN);
  return html`<ul class="uploads" aria-label="Files to upload">
    ${shown.map((item) => html`<li key=${item.name}>
      <div class="grow"><div class="clip small" dir="auto" title=${item.name}>${item.name}</div>
        ${item.why && html`<div class="tiny wrong-text">${item.why}</div>`}
        ${item.state === "sending" && html`<${Progress} value=${item.sent < 100 ? item.sent : null} label=${`Sent of ${item.name}`} />`}</div>
      <span class="tiny soft numeric nowrap">${bytes(item.file.size)}</span>
      <${Outcome} item=${item} />
      ${item.state === "waiting" || item.state === "refused"
        ? html`<${Button} kind="quiet" size="small" icon="close" label=${`Leave out ${item.name}`} onClick=${() => onRemove(item)} />`
        : html`<span class="spacer"></span>`}
    </li>`)}
    ${items.length > shown.length && (all ? html`<li class="soft small">… and ${number(items.length - shown.length)} more</li>` : html`<li><${Button} size="small" kind="quiet" onClick=${() => setAll(true)}>Show ${number(items.length - shown.length)} more<//></li>`)}
  </ul>`;
}

function Outcome({ item }) {
  if (item.state === "sending") return html`<${Badge} tone="busy">${item.sent < 100 ? `${Math.floor(item.sent)} %` : "Checking"}<//>`;
  const [tone, name] = OUTCOMES[item.state];
  return html`<${Badge} tone=${tone}>${name}<//>`;
}
