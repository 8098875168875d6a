// Is everything well, and where does the space go.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { useCaller } from "../../caller.js";
import { Badge } from "../../parts/controls.js";
import { Page } from "../../parts/page.js";
import { Loaded } from "../../parts/states.js";
import { useResource } from "../../resource.js";

const NAMES = { database: "Database", vectors: "Vectors", model: "Embedding model", worker: "Background work", storage: "File storage", queue: "Queue" };

export function System() {
  const caller = useCaller();
  const ready = useResource((signal) => knowledge.readiness(signal), [], () => 10_000);
  return html`<${Page} title="System" lead=${`Cairn ${caller.version}. Its parts, as they answer now.`} narrow>
    <${Loaded} from=${ready} what="The server does not answer.">${({ parts }) => html`<div class="panel"><table class="plain"><thead><tr><th>Part</th><th>State</th></tr></thead>
      <tbody>${Object.entries(parts).map(([name, state]) => html`<tr key=${name}><td>${NAMES[name] ?? name}</td><td>${state === "ok" ? html`<${Badge} tone="good">Well<//>` : html`<${Badge} tone="bad">Trouble<//> <span class="small">${state}</span>`}</td></tr>`)}</tbody></table></div>`}<//>
    <p class="small soft">Figures for Prometheus are at <a href="/metrics" target="_blank" rel="noopener">/metrics</a>. <code>cairn doctor</code> compares rows, vectors and files, and mends them.</p>
  <//>`;
}
