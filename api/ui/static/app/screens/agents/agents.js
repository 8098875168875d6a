// Who works on tasks: every agent, what thinks for it, and how it is.
import { html } from "../../html.js";
import * as work from "../../api/work.js";
import { ago, fullTime, number } from "../../format.js";
import { Badge } from "../../parts/controls.js";
import { Page } from "../../parts/page.js";
import { Rows } from "../../parts/rows.js";
import { Loaded } from "../../parts/states.js";
import { useResource } from "../../resource.js";
import { href } from "../../router.js";
import { isOfTasks } from "../tasks/words.js";
import { Agent } from "./agent.js";
import { ADAPTERS, AgentStatus } from "./words.js";

const EVERY_MS = 15_000;

export const Agents = ({ role }) => (role ? html`<${Agent} key=${role} role=${role} />` : html`<${List} />`);

function List() {
  const agents = useResource((signal) => work.agents.list(signal).then(({ data }) => data), [], () => EVERY_MS, isOfTasks);
  return html`<${Page} title="Agents" lead="Who works on tasks, what thinks for them, and how they are.">
    <${Loaded} from=${agents} what="The agents could not be loaded.">${(items) => html`<div class="panel scroll"><table class="plain cards">
      <thead><tr><th>Agent</th><th>State</th><th>Thinks with</th><th class="end">At work</th><th>Last trouble</th></tr></thead>
      <tbody><${Rows} items=${items} deps=${[items]} columns=${5} draw=${(agent) => html`<${Line} key=${agent.role} agent=${agent} />`} /></tbody></table></div>`}<//>
  <//>`;
}

const Line = ({ agent }) => html`<tr><td><a class="strong" dir="auto" href=${href(["agents", agent.role])}>${agent.name}</a><div class="tiny soft" dir="auto">${agent.about}</div></td>
  <td data-label="State"><${AgentStatus} agent=${agent} /></td>
  <td data-label="Thinks with">${ADAPTERS[agent.adapterType] ?? agent.adapterType}${agent.model && agent.model !== agent.adapterType && html` <span class="soft"><bdi>${agent.model}</bdi></span>`}${!agent.isGlobalDefault && html` <${Badge}>changed<//>`}</td>
  <td class="end numeric" data-label="At work">${agent.adapterType === "outside" ? "" : `${number(agent.runningCount)} of ${number(agent.concurrency)}`}</td>
  <td data-label="Trouble">${agent.lastErrorAt && html`<span class="soft" title=${fullTime(agent.lastErrorAt)}>${ago(agent.lastErrorAt)}</span> <span class="tiny" dir="auto">${agent.lastErrorMessage}</span>`}</td></tr>`;
