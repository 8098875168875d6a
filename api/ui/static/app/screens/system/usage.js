// What the tenant has taken up, of what it may.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { bytes, duration, number } from "../../format.js";
import { Loaded } from "../../parts/states.js";
import { useResource } from "../../resource.js";

const EVERY_MS = 60_000;
const NEAR = 0.9;

export function Usage() {
  const found = useResource((signal) => knowledge.usage(signal), [], () => EVERY_MS);
  return html`<section class="stack" aria-label="Quotas"><h2>Quotas</h2>
    <${Loaded} from=${found} rows=${1} what="The quotas could not be loaded.">${({ storage, chunks, searches, requests, searchesResetIn }) => html`<dl class="quotas panel padded">
      <${Quota} name="Originals" of=${storage} shown=${bytes} /><${Quota} name="Passages" of=${chunks} shown=${number} />
      <${Quota} name="Searches today" of=${searches} shown=${number} note=${searches.limit !== null && `anew in ${duration(searchesResetIn * 1000)}`} />
      <div><dt>Requests a minute</dt><dd>${requests === null ? html`<span class="soft">not limited</span>` : html`<b class="numeric">${number(requests)}</b> <span class="soft small">over all keys</span>`}</dd></div></dl>`}<//></section>`;
}

function Quota({ name, of: { used, limit }, shown, note = null }) {
  const share = limit === null ? null : Math.min(1, used / limit);
  return html`<div><dt>${name}</dt><dd>${used === null ? html`<span class="soft">not limited</span>` : html`<b class="numeric">${shown(used)}</b> <span class="soft small">${limit === null ? "not limited" : `of ${shown(limit)}`}</span>`}
    ${share !== null && html`<meter class=${share >= NEAR ? "near" : ""} value=${share} aria-label=${`${name}: ${Math.round(share * 100)} of 100 used`}></meter>`}
    ${share >= 1 ? html`<div class="tiny wrong-text">used up${note ? `, ${note}` : ": delete files, or ask whoever runs Cairn for more"}</div>` : note && html`<div class="tiny soft">${note}</div>`}</dd></div>`;
}
