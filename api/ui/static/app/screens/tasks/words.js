// How tasks are shown: statuses, who has them, and why they were last worked on.
import { html } from "../../html.js";
import { Badge } from "../../parts/controls.js";

const STATUSES = {
  created: ["", "New"], assigned: ["", "Assigned"], reassigned: ["", "Handed over"], in_progress: ["busy", "In progress"],
  awaiting_subtask: ["busy", "Waits for a part"], awaiting_approval: ["warn", "Waits for approval"], awaiting_review: ["warn", "Waits for a review"],
  blocked: ["warn", "Blocked"], done: ["good", "Done"], failed: ["bad", "Failed"],
};
const REASONS = {
  created: "It was given", review_feedback: "A review asked for changes", review_approved: "It was approved", retry: "It was tried again", resumed: "It was let go on",
};
const UNDER_WAY = new Set(["created", "assigned", "reassigned", "in_progress"]);

export const COLUMNS = [
  { key: "todo", name: "To do", statuses: ["created", "assigned", "reassigned"] },
  { key: "going", name: "In progress", statuses: ["in_progress", "awaiting_subtask"] },
  { key: "people", name: "Needs a person", statuses: ["awaiting_approval", "awaiting_review", "blocked"] },
  { key: "done", name: "Done", statuses: ["done"] },
  { key: "failed", name: "Failed", statuses: ["failed"] },
];

export const isUnderWay = ({ status }) => UNDER_WAY.has(status);
export const isOfTasks = ({ type }) => type.startsWith("activity_") || type.startsWith("approval_");
export const reasonName = (reason) => REASONS[reason] ?? reason.replaceAll("_", " ");

export function TaskStatus({ status }) {
  const [tone, name] = STATUSES[status] ?? ["", status.replaceAll("_", " ")];
  return html`<${Badge} tone=${tone} busy=${status === "in_progress"}>${name}<//>`;
}
