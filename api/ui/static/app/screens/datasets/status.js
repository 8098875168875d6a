// How the states of datasets and files are shown.
import { html } from "../../html.js";
import { Badge } from "../../parts/controls.js";

const FILE = {
  pending: ["busy", "Waiting"], parsing: ["busy", "Reading"], embedding: ["busy", "Indexing"],
  indexed: ["good", "Indexed"], error: ["bad", "Failed"], disabled: ["", "Off"],
};
const DATASET = { active: ["good", "Ready"], building: ["busy", "Building"], error: ["bad", "Needs attention"] };

export const fileStates = Object.entries(FILE).map(([key, [, name]]) => [key, name]);
export const isOnItsWay = (status) => status === "pending" || status === "parsing" || status === "embedding";

export function FileStatus({ status, progress = null }) {
  const [tone, name] = FILE[status] ?? ["", status];
  const percent = progress !== null && status === "embedding" ? ` ${Math.floor(progress)} %` : "";
  return html`<${Badge} tone=${tone} busy=${status === "parsing" || status === "embedding"}>${name}${percent}<//>`;
}

export function DatasetStatus({ dataset }) {
  if (dataset.status === "active" && dataset.totalFiles === 0) return html`<${Badge}>Empty<//>`;
  const [tone, name] = DATASET[dataset.status] ?? ["", dataset.status];
  return html`<${Badge} tone=${tone} busy=${dataset.status === "building"}>${name}<//>`;
}
