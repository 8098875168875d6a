// Who may enter, with which key, and who did what.
import { html } from "../../html.js";
import { may, offers, useCaller } from "../../caller.js";
import { Page } from "../../parts/page.js";
import { href } from "../../router.js";
import { Agents } from "./agents.js";
import { Audit } from "./audit.js";
import { Keys } from "./keys.js";
import { Team } from "./team.js";
import { Teams } from "./teams.js";

const TABS = [
  { key: "keys", name: "Keys", show: Keys, offered: (caller) => offers(caller, "dashboardAccessKeysList") },
  { key: "agents", name: "Agents", show: Agents, offered: (caller) => offers(caller, "dashboardAccessKeysList") && !caller.agentRole && may(caller, "read") },
  { key: "team", name: "People", show: Team, offered: (caller) => offers(caller, "dashboardTeamList") && !caller.agentRole },
  { key: "teams", name: "Teams", show: Teams, offered: (caller) => offers(caller, "platformTeamsList") && !caller.agentRole && caller.datasetIds === null && may(caller, "read") },
  { key: "audit", name: "Audit log", show: Audit, offered: (caller) => offers(caller, "dashboardAuditLogList") && may(caller, "read") },
];

export function Access({ tab }) {
  const caller = useCaller();
  const tabs = TABS.filter(({ offered }) => offered(caller));
  const current = tabs.find(({ key }) => key === tab) ?? tabs[0];
  return html`<${Page} title="Access" lead="Keys of people and agents, the people and their teams, and a trail of what was done.">
    <nav class="tabs" aria-label="Access">${tabs.map(({ key, name }) => html`<a key=${key} href=${href(["access", key])} aria-current=${key === current.key ? "page" : null}>${name}</a>`)}</nav>
    <${current.show} key=${current.key} />
  <//>`;
}
