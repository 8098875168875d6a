// Keys: made and shown once, rotated, revoked.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { useCaller } from "../../caller.js";
import { ago, date, fullTime } from "../../format.js";
import { Badge, Button } from "../../parts/controls.js";
import { Code } from "../../parts/copy.js";
import { Confirm, Dialog } from "../../parts/dialog.js";
import { Menu } from "../../parts/menu.js";
import { Rows } from "../../parts/rows.js";
import { Empty, Loaded, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";
import { NewKey } from "./newkey.js";

const STATES = { active: ["good", "Active"], replaced: ["warn", "Being replaced"], expired: ["", "Expired"], revoked: ["", "Revoked"] };
const GRACE_HOURS = 24;

export function Keys() {
  const caller = useCaller();
  const [making, setMaking] = useState(false);
  const [issued, setIssued] = useState(null);
  const keys = useResource((signal) => knowledge.access.keys(signal), []);
  const makes = caller.agentRole === null && caller.datasetIds === null;
  const done = (made) => {
    setMaking(false);
    setIssued(made);
    keys.refresh();
  };
  return html`<div class="stack">
    <div class="toolbar"><span class="grow"></span>${makes && html`<${Button} kind="primary" icon="add" onClick=${() => setMaking(true)}>New key<//>`}</div>
    <${Loaded} from=${keys} what="The keys could not be loaded.">${({ data }) => (data.length
      ? html`<div class="panel scroll"><table class="plain cards"><thead><tr><th>Name</th><th>Key</th><th>Role</th><th>May</th><th>State</th><th>Last used</th><th><span class="only-read">Actions</span></th></tr></thead>
          <tbody><${Rows} items=${data} columns=${7} draw=${(key) => html`<${Key} key=${key.id} of=${key} caller=${caller} refresh=${keys.refresh} onIssued=${done} />`} /></tbody></table></div>`
      : html`<div class="panel"><${Empty} icon="key" title="No keys yet" /></div>`)}<//>
    ${making && html`<${NewKey} known=${keys.data?.data ?? []} onClose=${() => { setMaking(false); keys.refresh(); }} onDone=${done} />`}
    ${issued && html`<${Issued} issued=${issued} onClose=${() => setIssued(null)} />`}
  </div>`;
}

function Key({ of: key, caller, refresh, onIssued }) {
  const [asking, setAsking] = useState(null);
  const [tone, name] = STATES[key.state];
  const own = key.id === caller.keyId;
  const revoking = useAction(async () => {
    await knowledge.access.revokeKey(key.id);
    say(html`Key <b dir="auto">${key.name}</b> is revoked.`);
    setAsking(null);
    refresh();
  });
  const rotating = useAction(async () => {
    const made = await knowledge.access.rotateKey(key.id, { graceHours: GRACE_HOURS });
    setAsking(null);
    onIssued(made);
  });
  const alive = key.state === "active" || key.state === "replaced";
  return html`<tr>
    <td><b dir="auto">${key.name}</b>${own && html` <${Badge} tone="accent">this one<//>`}${key.description && html`<div class="tiny soft" dir="auto">${key.description}</div>`}</td>
    <td class="mono nowrap half" data-label="Key">${key.hint}…</td>
    <td class="half" data-label="Role">${key.role}${key.agentRole && html`<div class="tiny soft">agent <bdi>${key.agentRole}</bdi></div>`}</td>
    <td class="tiny soft" data-label="May">${key.scopes.map((scope) => scope.replace("knowledge:", "")).join(", ")}${key.datasetIds && html`<div>only ${key.datasetIds.length === 1 ? "one dataset" : `${key.datasetIds.length} datasets`}</div>`}</td>
    <td class="half" data-label="State"><${Badge} tone=${tone}>${name}<//>${key.expiresAt && alive && html`<div class="tiny soft">until ${date(key.expiresAt)}</div>`}</td>
    <td class="nowrap soft half" data-label="Last used" title=${key.lastUsedAt ? fullTime(key.lastUsedAt) : null}>${key.lastUsedAt ? ago(key.lastUsedAt) : "never"}</td>
    <td class="act">${alive && html`<${Menu} label=${`Actions for key ${key.name}`} items=${[
      key.state === "active" && { label: "Rotate …", icon: "refresh", run: () => setAsking("rotate") },
      { label: "Revoke …", icon: "trash", danger: true, run: () => setAsking("revoke") },
    ]} />`}
    ${asking === "revoke" && html`<${Confirm} title="Revoke this key?" verb="Revoke" action=${revoking} onClose=${() => setAsking(null)}>
      <p><b dir="auto">${key.name}</b> is refused everywhere within a second, for good.</p>${own && html`<${Notice} tone="warn"><p>It is the key that you are signed in with: you will be signed out.</p><//>`}<//>`}
    ${asking === "rotate" && html`<${Confirm} title="Replace this key?" verb="Make the new key" danger=${false} action=${rotating} onClose=${() => setAsking(null)}>
      <p>A new key with the same rules is made. <b dir="auto">${key.name}</b> goes on working for ${GRACE_HOURS} hours, so that nothing stands still meanwhile.</p><//>`}</td></tr>`;
}

const Issued = ({ issued, onClose }) => html`<${Dialog} title="The new key" lead="It is shown this once. Copy it now; Cairn keeps only its hash." onClose=${onClose} onSubmit=${onClose}
  foot=${html`<${Button} type="submit" kind="primary">I have it<//>`}>
  <${Code} text=${issued.token} label="The key" /><p class="small soft">For <b dir="auto">${issued.key.name}</b>, role ${issued.key.role}.</p><//>`;
