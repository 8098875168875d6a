// The people and agents of the tenant.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, useCaller } from "../../caller.js";
import { ago, fullTime } from "../../format.js";
import { Badge, Button, Choice, TextField } from "../../parts/controls.js";
import { Code } from "../../parts/copy.js";
import { Confirm, Dialog } from "../../parts/dialog.js";
import { Menu } from "../../parts/menu.js";
import { Rows } from "../../parts/rows.js";
import { Loaded, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";

const ROLES = [["admin", "Administrator"], ["member", "Member"], ["reviewer", "Reviewer"]];
const STATES = { active: "good", inactive: "", terminated: "" };

export function Team() {
  const manages = may(useCaller(), "manage");
  const [inviting, setInviting] = useState(false);
  const team = useResource((signal) => knowledge.access.team(signal), []);
  return html`<div class="stack">
    <div class="toolbar"><span class="grow"></span>${manages && html`<${Button} kind="primary" icon="add" onClick=${() => setInviting(true)}>Invite<//>`}</div>
    <${Loaded} from=${team} what="The team could not be loaded.">${({ data }) => html`<div class="panel scroll"><table class="plain cards">
      <thead><tr><th>Name</th><th>Role</th><th>State</th><th>Last active</th><th><span class="only-read">Actions</span></th></tr></thead>
      <tbody><${Rows} items=${data} columns=${5} draw=${(member) => html`<${Member} key=${`${member.type} ${member.id}`} member=${member} manages=${manages} refresh=${team.refresh} />`} /></tbody></table></div>`}<//>
    ${inviting && html`<${Invite} onClose=${() => { setInviting(false); team.refresh(); }} />`}
  </div>`;
}

function Member({ member, manages, refresh }) {
  const [removing, setRemoving] = useState(false);
  const change = async (role) => {
    try {
      await knowledge.access.changeRole(member.id, role);
      say(html`<b dir="auto">${member.name}</b> is ${ROLES.find(([key]) => key === role)[1].toLowerCase()} now.`);
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
    refresh();
  };
  const going = useAction(async () => {
    await knowledge.access.removeMember(member.id);
    say(html`<b dir="auto">${member.name}</b> is removed.`);
    setRemoving(false);
    refresh();
  });
  const isPerson = member.type === "human";
  return html`<tr><td><b dir="auto">${member.name}</b>${member.email && html`<div class="tiny soft">${member.email}</div>`}</td>
    <td data-label="Role">${isPerson && manages && member.status === "active"
      ? html`<select class="input filter" aria-label=${`Role of ${member.name}`} value=${member.role} onChange=${(event) => change(event.target.value)}>
          ${ROLES.map(([key, name]) => html`<option value=${key} selected=${key === member.role}>${name}</option>`)}</select>`
      : html`${!isPerson && html`<${Badge}>Agent<//> `}<bdi>${member.role}</bdi>`}</td>
    <td data-label="State"><${Badge} tone=${STATES[member.status] ?? ""}>${member.status}<//></td>
    <td class="soft nowrap" data-label="Last active" title=${member.lastActiveAt ? fullTime(member.lastActiveAt) : null}>${member.lastActiveAt ? ago(member.lastActiveAt) : "never"}</td>
    <td class="act">${isPerson && manages && member.status !== "terminated" && html`<${Menu} label=${`Actions for ${member.name}`} items=${[{ label: "Remove …", icon: "trash", danger: true, run: () => setRemoving(true) }]} />`}
      ${removing && html`<${Confirm} title="Remove this person?" verb="Remove" action=${going} onClose=${() => setRemoving(false)}><p>The keys and sessions of <b dir="auto">${member.name}</b> end. What they did stays in the audit log.</p><//>`}</td></tr>`;
}

function Invite({ onClose }) {
  const [given, setGiven] = useState({ email: "", name: "", role: "member" });
  const [invited, setInvited] = useState(null);
  const change = (part) => setGiven((before) => ({ ...before, ...part }));
  const inviting = useAction(async () => setInvited(await knowledge.access.invite(given)));
  if (invited) {
    return html`<${Dialog} title="The invitation" lead="Send this link to the person. It works once, for a week, and is shown this once." onClose=${onClose} onSubmit=${onClose}
      foot=${html`<${Button} type="submit" kind="primary">Done<//>`}><${Code} text=${invited.inviteUrl} label="The link" /><//>`;
  }
  return html`<${Dialog} title="Invite a person" onClose=${onClose} busy=${inviting.busy} onSubmit=${inviting.run}
    foot=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${inviting.busy}>Invite<//>`}>
    ${inviting.error && html`<${Notice} tone="bad"><p>${inviting.error.message}</p><//>`}
    <${TextField} label="Name" value=${given.name} onValue=${(name) => change({ name })} dir="auto" autofocus />
    <${TextField} label="E-mail address" type="email" value=${given.email} onValue=${(email) => change({ email })} wrong=${inviting.error?.of?.("email")} />
    <${Choice} label="Role" value=${given.role} options=${ROLES} onValue=${(role) => change({ role })} />
  <//>`;
}
