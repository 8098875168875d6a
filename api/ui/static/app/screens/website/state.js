// How crawls and addresses are shown.
import { html } from "../../html.js";
import { Badge } from "../../parts/controls.js";

const STATES = {
  queued: ["busy", "Waiting"], running: ["busy", "Crawling"], paused: ["warn", "Paused"], held: ["warn", "Waits for your decision"],
  completed: ["good", "Done"], failed: ["bad", "Failed"], cancelled: ["", "Cancelled"],
};
const OUTCOMES = {
  waiting: ["busy", "Waiting"], kept: ["good", "Kept"], unchanged: ["", "Unchanged"], duplicate: ["", "Duplicate"],
  skipped: ["", "Skipped"], gone: ["warn", "Gone"], failed: ["bad", "Failed"],
};

export const outcomes = Object.entries(OUTCOMES).map(([key, [, name]]) => [key, name]);
export const outcomeName = (outcome) => OUTCOMES[outcome]?.[1] ?? outcome;
export const isGoing = (state) => state === "queued" || state === "running" || state === "paused";

export const CrawlState = ({ state }) => {
  const [tone, name] = STATES[state] ?? ["", state];
  return html`<${Badge} tone=${tone} busy=${state === "running"}>${name}<//>`;
};
export const UrlOutcome = ({ outcome }) => {
  const [tone, name] = OUTCOMES[outcome] ?? ["", outcome];
  return html`<${Badge} tone=${tone}>${name}<//>`;
};
