// A key for a person, a program or an agent, as narrow as it can be.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, useCaller } from "../../caller.js";
import { Button, Check, Choice, TextField } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Notice } from "../../parts/states.js";
import { useAction, useResource } from "../../resource.js";

const ROLES = [["reviewer", "Reviewer: reads and searches"], ["member", "Member: reads, searches, adds and changes"], ["admin", "Administrator: everything"]];
const VERBS = [["read", "Read datasets, files and passages"], ["search", "Search"], ["write", "Add, change and delete files"], ["manage", "Create, open and delete datasets"]];
const OF_ROLE = { reviewer: ["read", "search"], member: ["read", "search", "write"], admin: ["read", "search", "write", "manage"] };

export function NewKey({ known, onClose, onDone }) {
  const caller = useCaller();
  const [given, setGiven] = useState({ name: "", description: "", role: "reviewer", verbs: OF_ROLE.reviewer, agentRole: "", expires: "", datasets: null });
  const change = (part) => setGiven((before) => ({ ...before, ...part }));
  const list = useResource((signal) => knowledge.datasets.list(signal), []);
  const making = useAction(async () => {
    if (!given.name.trim()) throw new Error("Say what the key is for.");
    if (!given.verbs.length) throw new Error("Let the key do at least one thing.");
    onDone(await make(requestOf(given, caller), known));
  });
  const allowed = VERBS.filter(([verb]) => OF_ROLE[given.role].includes(verb) && may(caller, verb));
  return html`<${Dialog} title="New key" onClose=${onClose} busy=${making.busy} onSubmit=${making.run}
    foot=${html`<${Button} onClick=${onClose} disabled=${making.busy}>Cancel<//><${Button} type="submit" kind="primary" busy=${making.busy}>Create key<//>`}>
    ${making.error && html`<${Notice} tone="bad"><p>${making.error.message}</p><//>`}
    <${TextField} label="Name" value=${given.name} onValue=${(name) => change({ name })} maxlength="200" autofocus dir="auto" autocomplete="off" placeholder="Support agent" />
    <${Choice} label="Role" value=${given.role} options=${ROLES.filter(([role]) => OF_ROLE[role].every((verb) => may(caller, verb)))} onValue=${(role) => change({ role, verbs: OF_ROLE[role] })} />
    <fieldset class="stack tight"><legend class="small strong">It may</legend>${allowed.map(([verb, name]) => html`<${Check} key=${verb} checked=${given.verbs.includes(verb)}
      onValue=${(on) => change({ verbs: on ? [...given.verbs, verb] : given.verbs.filter((other) => other !== verb) })}>${name}<//>`)}</fieldset>
    <div class="pair"><${TextField} label="Agent role" value=${given.agentRole} onValue=${(agentRole) => change({ agentRole })} maxlength="64" hint="For an agent: it sees only datasets that are opened to this role." />
      <${TextField} label="Ends on" type="date" value=${given.expires} onValue=${(expires) => change({ expires })} hint="Empty: when it is revoked." /></div>
    <div class="stack tight"><${Check} checked=${given.datasets !== null} onValue=${(on) => change({ datasets: on ? [] : null })}>Only certain datasets<//>
      ${given.datasets !== null && (list.data?.data ?? []).map(({ id, name }) => html`<${Check} key=${id} checked=${given.datasets.includes(id)}
        onValue=${(on) => change({ datasets: on ? [...given.datasets, id] : given.datasets.filter((other) => other !== id) })}><bdi>${name}</bdi><//>`)}</div>
  <//>`;
}

function requestOf({ name, role, verbs, agentRole, expires, datasets }, caller) {
  const request = { name: name.trim(), role, scopes: verbs.map((verb) => `knowledge:${verb}`) };
  if (agentRole.trim()) request.agentRole = agentRole.trim();
  if (expires) request.expiresAt = expires;
  if (datasets?.length) request.datasetIds = datasets;
  if (!may(caller, "manage")) request.personal = true;
  return request;
}

// A key whose answer was lost is of no use to anybody: it is revoked before another try can be made.
async function make(request, known) {
  try {
    return await knowledge.access.createKey(request);
  } catch (error) {
    if (!error.mayPass) throw error;
    const before = new Set(known.map(({ id }) => id));
    const lost = (await knowledge.access.keys()).data.filter(({ id, name, state }) => name === request.name && state === "active" && !before.has(id));
    for (const { id } of lost) await knowledge.access.revokeKey(id);
    return knowledge.access.createKey(request);
  }
}
