// Which agent roles see which datasets, and which keys come with them.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, useCaller } from "../../caller.js";
import { count } from "../../format.js";
import { Badge } from "../../parts/controls.js";
import { Empty, Loaded, Notice } from "../../parts/states.js";
import { useResource } from "../../resource.js";
import { href } from "../../router.js";

const EVERY = "*";
const ALIVE = new Set(["active", "replaced"]);

export function Agents() {
  const loaded = useResource(async (signal) => {
    const [{ data: keys }, { data: datasets }] = await Promise.all([knowledge.access.keys(signal), knowledge.datasets.list(signal)]);
    return { keys: keys.filter(({ agentRole, state }) => agentRole && ALIVE.has(state)), datasets };
  }, []);
  return html`<${Loaded} from=${loaded} what="The agents could not be loaded.">${({ keys, datasets }) => html`<${Roles} keys=${keys} datasets=${datasets} />`}<//>`;
}

function Roles({ keys, datasets }) {
  const manages = may(useCaller(), "manage");
  const place = (id) => href(["datasets", id, ...(manages ? ["settings"] : [])]);
  const toAll = datasets.filter(({ allowedAgentRoles }) => allowedAgentRoles.includes(EVERY));
  const roles = [...new Set([...keys.map(({ agentRole }) => agentRole), ...datasets.flatMap(({ allowedAgentRoles }) => allowedAgentRoles)])].filter((role) => role !== EVERY).sort();
  const closed = datasets.filter(({ allowedAgentRoles }) => !allowedAgentRoles.length).length;
  const list = (found) => (found.length ? html`<ul class="row">${found.map(({ id, name }) => html`<li key=${id} class="chip"><a class="clip" dir="auto" href=${place(id)}>${name}</a></li>`)}</ul>` : html`<span class="soft">none</span>`);
  if (!roles.length && !toAll.length) return html`<div class="panel"><${Empty} icon="key" title="No agent sees anything yet">A dataset's settings open it to agent roles; a key with an agent role is what an agent comes with.<//></div>`;
  return html`<div class="stack">
    <div class="panel scroll"><table class="plain cards"><thead><tr><th>Agent role</th><th>Keys</th><th>Sees these datasets</th></tr></thead><tbody>
      ${toAll.length > 0 && html`<tr><td><b>Every agent</b></td><td></td><td data-label="Sees">${list(toAll)}</td></tr>`}
      ${roles.map((role) => {
        const own = keys.filter(({ agentRole }) => agentRole === role);
        const named = datasets.filter(({ allowedAgentRoles }) => allowedAgentRoles.includes(role));
        return html`<tr key=${role}><td><b><bdi>${role}</bdi></b></td>
          <td data-label="Keys">${own.length ? own.map(({ id, name, datasetIds }) => html`<div key=${id}><bdi>${name}</bdi>${datasetIds && html` <span class="tiny soft">only ${count(datasetIds.length, "dataset")}</span>`}</div>`) : html`<${Badge}>no key<//>`}</td>
          <td data-label="Sees">${list(named)}</td></tr>`;
      })}</tbody></table></div>
    ${toAll.length > 0 && roles.length > 0 && html`<p class="tiny soft">What every agent sees is not repeated with each role.</p>`}
    ${closed > 0 && html`<${Notice} tone="info"><p>${closed === 1 ? "One dataset is" : `${count(closed, "dataset")} are`} open to no agent.</p><//>`}</div>`;
}
