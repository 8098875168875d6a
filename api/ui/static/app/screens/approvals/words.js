// How approvals are shown.
import { html } from "../../html.js";
import { Badge } from "../../parts/controls.js";

const RISKS = { low: ["", "low risk"], medium: ["warn", "medium risk"], high: ["bad", "high risk"] };
const ENDS = { approved: ["good", "Approved"], rejected: ["bad", "Rejected"], revision_requested: ["warn", "Revision asked for"], expired: ["", "Expired"] };
const TYPES = {
  content_review: "Review of content", content_direction: "Direction of content", brand_direction: "Direction of the brand",
  strategy_change: "Change of strategy", budget_authorization: "Budget", channel_action: "Action in a channel",
};

export const STATUSES = [["pending", "Waiting"], ["approved", "Approved"], ["rejected", "Rejected"], ["expired", "Expired"]];

export const typeOf = ({ type }) => TYPES[type] ?? type;

export function Risk({ approval: { riskLevel } }) {
  const [tone, name] = RISKS[riskLevel] ?? ["", riskLevel];
  return html`<${Badge} tone=${tone}>${name}<//>`;
}

export function Ending({ approval: { status, resolution } }) {
  const [tone, name] = ENDS[resolution ?? status] ?? ["", status];
  return html`<${Badge} tone=${tone}>${name}<//>`;
}
