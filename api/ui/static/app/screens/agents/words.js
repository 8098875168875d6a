// How agents are shown.
import { html } from "../../html.js";
import { Badge } from "../../parts/controls.js";

export const ADAPTERS = { extractive: "Built in: quotes passages", openai: "A model that speaks as OpenAI's", anthropic: "A model that speaks as Anthropic's", outside: "A program elsewhere" };
export const TOOLS = {
  search: "Search", read_around: "Read around a passage", comment: "Comment", ask_person: "Ask a person",
  request_approval: "Ask for a decision", hand_over: "Hand a part over to another agent",
};
const STATUSES = { active: ["", "Elsewhere"], running: ["busy", "At work"], idle: ["good", "Ready"], error: ["bad", "Last run failed"], paused: ["warn", "Paused"], terminated: ["", "Ended"] };

export function AgentStatus({ agent: { status } }) {
  const [tone, name] = STATUSES[status] ?? ["", status];
  return html`<${Badge} tone=${tone} busy=${status === "running"}>${name}<//>`;
}
