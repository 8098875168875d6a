// Teams within the tenant, and who is in them.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, useCaller } from "../../caller.js";
import { count, date } from "../../format.js";
import { Badge, Button, Choice, TextField } from "../../parts/controls.js";
import { Confirm, Dialog } from "../../parts/dialog.js";
import { Menu } from "../../parts/menu.js";
import { Rows } from "../../parts/rows.js";
import { Empty, Loaded, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";

const ROLES = [["member", "Member"], ["admin", "Administrator"], ["owner", "Owner"]];
const LEADS = new Set(["admin", "owner"]);

export function Teams() {
  const [making, setMaking] = useState(false);
  const teams = useResource((signal) => knowledge.teams.list(signal), []);
  const add = html`<${Button} kind="primary" icon="add" onClick=${() => setMaking(true)}>New team<//>`;
  return html`<div class="stack">
    ${teams.data?.data.length > 0 && html`<div class="toolbar"><span class="grow"></span>${add}</div>`}
    <${Loaded} from=${teams} what="The teams could not be loaded.">${({ data }) => (data.length
      ? html`<div class="panel scroll"><table class="plain cards"><thead><tr><th>Team</th><th class="end">Members</th><th>You are</th><th>Since</th><th><span class="only-read">Actions</span></th></tr></thead>
          <tbody><${Rows} items=${data} columns=${5} draw=${(team) => html`<${Team} key=${team.id} team=${team} refresh=${teams.refresh} />`} /></tbody></table></div>`
      : html`<div class="panel"><${Empty} icon="user" title="No teams yet" action=${add}>A team is a group of people of this tenant.<//></div>`)}<//>
    ${making && html`<${NewTeam} onClose=${() => setMaking(false)} onDone=${() => { setMaking(false); teams.refresh(); }} />`}
  </div>`;
}

function Team({ team, refresh }) {
  const leads = may(useCaller(), "manage") || LEADS.has(team.role);
  const [open, setOpen] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const going = useAction(async () => {
    await knowledge.teams.remove(team.id);
    say(html`The team <b dir="auto">${team.name}</b> is deleted.`);
    setDeleting(false);
    refresh();
  });
  return html`<tr><td><b dir="auto">${team.name}</b>${team.description && html`<div class="tiny soft" dir="auto">${team.description}</div>`}</td>
    <td class="end" data-label="Members"><${Button} size="small" label=${`${count(team.member_count, "member")} … of ${team.name}`} class="numeric" onClick=${() => setOpen(true)}>${count(team.member_count, "member")} …<//></td>
    <td data-label="You are">${team.role ? html`<${Badge} tone="accent">${team.role}<//>` : html`<span class="soft">not in it</span>`}</td><td class="soft nowrap" data-label="Since">${date(team.created_at)}</td>
    <td class="act">${leads && html`<${Menu} label=${`Actions for ${team.name}`} items=${[{ label: "Delete …", icon: "trash", danger: true, run: () => setDeleting(true) }]} />`}
      ${open && html`<${Members} team=${team} leads=${leads} onClose=${() => { setOpen(false); refresh(); }} />`}
      ${deleting && html`<${Confirm} title="Delete this team?" verb="Delete" action=${going} onClose=${() => setDeleting(false)}><p><b dir="auto">${team.name}</b> with its ${count(team.member_count, "membership")}. The people stay.</p><//>`}</td></tr>`;
}

function Members({ team, leads, onClose }) {
  const found = useResource((signal) => knowledge.teams.get(team.id, signal).then(({ data }) => data.members), [team.id]);
  return html`<${Dialog} title="Members" lead=${html`Of the team <bdi>${team.name}</bdi>`} onClose=${onClose} onSubmit=${onClose} foot=${html`<${Button} type="submit" kind="primary">Done<//>`}>
    <${Loaded} from=${found} rows=${2} what="The members could not be loaded.">${(members) => html`<ul class="stack tight" aria-label="Members">${members.map((one) => html`<li class="row apart still" key=${one.user_id}>
        <span class="grow"><b dir="auto">${one.username}</b> <span class="soft small">${one.email}</span></span><${Badge}>${one.role}<//></li>`)}</ul>
      ${leads && html`<${AddMember} team=${team} members=${members} onDone=${found.refresh} />`}`}<//><//>`;
}

function AddMember({ team, members, onDone }) {
  const people = useResource((signal) => knowledge.teams.people(signal), []);
  const [given, setGiven] = useState({ person: "", role: "member" });
  const known = new Set(members.map(({ user_id: id }) => id));
  const others = (people.data?.data ?? []).filter(({ id }) => !known.has(id));
  const adding = useAction(async () => {
    await knowledge.teams.add(team.id, { user_id: Number(given.person || others[0].id), role: given.role });
    setGiven({ person: "", role: "member" });
    onDone();
  });
  if (!others.length) return people.data && html`<p class="small soft">All people of the tenant are in it.</p>`;
  return html`<fieldset class="stack tight"><legend class="small strong">Add somebody</legend>
    ${adding.error && html`<${Notice} tone="bad"><p>${adding.error.message}</p><//>`}
    <div class="pair"><${Choice} label="Person" value=${given.person || String(others[0].id)} options=${others.map(({ id, username, email }) => [String(id), `${username} (${email})`])} onValue=${(person) => setGiven({ ...given, person })} />
      <${Choice} label="Role in the team" value=${given.role} options=${ROLES} onValue=${(role) => setGiven({ ...given, role })} /></div>
    <div><${Button} icon="add" busy=${adding.busy} onClick=${adding.run}>Add<//></div></fieldset>`;
}

function NewTeam({ onClose, onDone }) {
  const [given, setGiven] = useState({ name: "", description: "" });
  const making = useAction(async () => {
    if (!given.name.trim()) throw new Error("Give the team a name.");
    const { data: team } = await knowledge.teams.create({ name: given.name.trim(), ...(given.description.trim() ? { description: given.description.trim() } : {}) });
    say(html`The team <b dir="auto">${team.name}</b> is made.`);
    onDone();
  });
  return html`<${Dialog} title="New team" onClose=${onClose} busy=${making.busy} onSubmit=${making.run}
    foot=${html`<${Button} onClick=${onClose} disabled=${making.busy}>Cancel<//><${Button} type="submit" kind="primary" busy=${making.busy}>Create team<//>`}>
    ${making.error && html`<${Notice} tone="bad"><p>${making.error.message}</p><//>`}
    <${TextField} label="Name" value=${given.name} onValue=${(name) => setGiven({ ...given, name })} dir="auto" autofocus maxlength="200" />
    <${TextField} label="What it is for" multiline value=${given.description} onValue=${(description) => setGiven({ ...given, description })} dir="auto" maxlength="2000" /><//>`;
}
