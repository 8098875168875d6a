// Who did what, from where, with which key.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { offers, useCaller } from "../../caller.js";
import { fullTime } from "../../format.js";
import { Badge, Button } from "../../parts/controls.js";
import { Paged } from "../../parts/pages.js";
import { Rows } from "../../parts/rows.js";
import { Empty } from "../../parts/states.js";
import { useAction } from "../../resource.js";
import { say } from "../../parts/toast.js";
import { offer } from "../datasets/download.js";
import { usePages } from "../paged.js";

const ENTITIES = ["dataset", "file", "chunk", "access_key", "user", "search", "audit_log"];
const TONES = { deleted: "bad", revoked: "bad", removed: "bad", created: "good" };

export function Audit() {
  const caller = useCaller();
  const [entity, setEntity] = useState("");
  const giving = useAction(async () => {
    try {
      offer(await knowledge.access.auditExport({ "filter[entityType]": entity }), "audit-log.jsonl");
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
  });
  const entries = usePages((page, signal) => knowledge.access.audit({ ...page, limit: 100, "filter[entityType]": entity }, signal), [entity]);
  return html`<div class="stack">
    <div class="toolbar"><select class="input filter" aria-label="About" value=${entity} onChange=${(event) => setEntity(event.target.value)}>
      <option value="">About: all</option>${ENTITIES.map((name) => html`<option value=${name} selected=${name === entity}>${name.replace("_", " ")}</option>`)}</select><span class="grow"></span>
      ${offers(caller, "dashboardAuditLogExport") && html`<${Button} icon="download" busy=${giving.busy} onClick=${giving.run}>Export<//>`}</div>
    <${Paged} from=${entries} what="The audit log could not be loaded.">${(items) => (items.length
      ? html`<div class="panel scroll"><table class="plain cards"><thead><tr><th>When</th><th>Who</th><th>Did</th><th>About</th><th>Changes</th><th>From</th></tr></thead>
          <tbody><${Rows} paged items=${items} draw=${(entry) => html`<${Entry} key=${entry.id} entry=${entry} />`} /></tbody></table></div>`
      : html`<div class="panel"><${Empty} icon="history" title="Nothing is recorded" /></div>`)}<//>
  </div>`;
}

const told = (value) => (value === null || value === undefined ? "nothing" : typeof value === "string" ? value : JSON.stringify(value));

const Entry = ({ entry }) => html`<tr>
  <td class="nowrap soft">${fullTime(entry.createdOn)}</td>
  <td data-label="Who"><bdi>${entry.actorName}</bdi>${entry.actorType !== "user" && html`<div class="tiny soft">${entry.actorType}</div>`}</td>
  <td class="half" data-label="Did"><${Badge} tone=${TONES[entry.action] ?? ""}>${entry.action}<//></td>
  <td data-label="About">${entry.entityType.replace("_", " ")}<div class="tiny soft mono">${entry.entityId}</div></td>
  <td class="tiny" data-label="Changes">${entry.changes && html`<details><summary>${Object.keys(entry.changes).length} fields</summary><dl class="facts">
    ${Object.entries(entry.changes).map(([name, change]) => html`<dt>${name}</dt><dd dir="auto">${told(change.from)} → ${told(change.to)}</dd>`)}</dl></details>`}</td>
  <td class="soft nowrap half" data-label="From">${entry.ip ?? ""}</td></tr>`;
