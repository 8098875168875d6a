// How agents are shown.
import { html } from "../../html.js";
import { Badge } from "../../parts/controls.js";

export const ADAPTERS = { extractive: "Built in: quotes passages", openai: "A model that speaks as OpenAI's", anthropic: "A model that speaks as Anthropic's", outside: "A program elsewhere" };
export const TOOLS = {
  search: "Search", read_around: "Read around a passage", list_datasets: "List datasets", find_text: "Find exact words",
  outline: "See a file's headings", fetch_page: "Read a page", fetch_table: "Read a table", cite: "Cite a passage",
  report_gap: "Report what is missing", comment: "Comment", ask_person: "Ask a person",
  request_approval: "Ask for a decision", hand_over: "Hand a part over to another agent",
};
const STATUSES = { active: ["", "Elsewhere"], running: ["busy", "At work"], idle: ["good", "Ready"], error: ["bad", "Last run failed"], paused: ["warn", "Paused"], terminated: ["", "Ended"] };

export function AgentStatus({ agent: { status } }) {
  const [tone, name] = STATUSES[status] ?? ["", status];
  return html`<${Badge} tone=${tone} busy=${status === "running"}>${name}<//>`;
}
