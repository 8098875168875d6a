// Is everything well, what the doctor finds, where the space goes, how long searches take.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, offers, useCaller } from "../../caller.js";
import { Badge } from "../../parts/controls.js";
import { Page } from "../../parts/page.js";
import { Loaded } from "../../parts/states.js";
import { useResource } from "../../resource.js";
import { Doctor } from "./doctor.js";
import { Latency } from "./latency.js";
import { Storage } from "./storage.js";
import { Usage } from "./usage.js";

const NAMES = { database: "Database", vectors: "Vectors", model: "Embedding model", worker: "Background work", storage: "File storage", queue: "Queue" };

export function System() {
  const caller = useCaller();
  const isOwner = may(caller, "manage") && caller.datasetIds === null && caller.agentRole === null;
  return html`<${Page} title="Health" lead=${`Cairn ${caller.version}: its parts, what they hold, and how quick they are.`}>
    <${Parts} />
    ${isOwner && offers(caller, "dashboardKbDoctorReport") && html`<${Doctor} />`}
    ${offers(caller, "dashboardUsage") && caller.datasetIds === null && caller.agentRole === null && html`<${Usage} />`}
    ${offers(caller, "dashboardKbSearchLatency") && html`<${Latency} />`}
    ${offers(caller, "dashboardKbOverview") && html`<${Storage} />`}
  <//>`;
}

function Parts() {
  const ready = useResource((signal) => knowledge.readiness(signal), [], () => 10_000);
  return html`<section class="stack" aria-label="Parts"><${Loaded} from=${ready} rows=${1} what="The server does not answer.">${({ parts }) => html`<dl class="parts panel padded">
    ${Object.entries(parts).map(([name, state]) => html`<div key=${name}><dt>${NAMES[name] ?? name}</dt><dd>${state === "ok"
      ? html`<${Badge} tone="good">Well<//>` : html`<${Badge} tone="bad">Trouble<//> <span class="small">${state}</span>`}</dd></div>`)}</dl>`}<//>
    <p class="tiny soft">Figures for Prometheus are at <a href="/metrics" target="_blank" rel="noopener">/metrics</a>.</p></section>`;
}
