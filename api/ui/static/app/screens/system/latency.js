// How long searches took, over time.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { count, duration, number } from "../../format.js";
import { Columns } from "../../parts/bars.js";
import { Segments } from "../../parts/controls.js";
import { Empty, Loaded } from "../../parts/states.js";
import { useResource } from "../../resource.js";

const SPANS = { 24: ["24 hours", 48], 168: ["7 days", 56], 720: ["30 days", 60] };
const EVERY_MS = 60_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export function Latency() {
  const [hours, setHours] = useState("24");
  const found = useResource((signal) => knowledge.latency({ hours, slots: SPANS[hours][1] }, signal), [hours], () => EVERY_MS);
  return html`<section class="stack" aria-label="Time of searches"><div class="row apart"><h2>Time of searches</h2>
      <${Segments} label="Span" value=${hours} onValue=${setHours} options=${Object.entries(SPANS).map(([key, [name]]) => [key, name])} /></div>
    <${Loaded} from=${found} rows=${3} what="The times could not be loaded.">${({ data, searches }) => (searches
      ? html`<${Chart} slots=${data} searches=${searches} name=${SPANS[hours][0]} format=${hours === "24" ? clock : day} />`
      : html`<div class="panel"><${Empty} icon="clock" title=${`No searches in the last ${SPANS[hours][0]}`} /></div>`)}<//></section>`;
}

function Chart({ slots, searches, name, format }) {
  const busy = slots.filter((slot) => slot.searches);
  const weighed = (field) => busy.reduce((sum, slot) => sum + slot[field] * slot.searches, 0) / searches;
  const at = (slot) => format.format(new Date(slot.since));
  return html`<div class="panel padded stack"><dl class="stats"><div><dt>Searches</dt><dd>${number(searches)}</dd></div>
      <div><dt>Half are done in</dt><dd>${duration(weighed("medianMs"))}</dd></div><div><dt>95 of 100 in</dt><dd>${duration(weighed("p95Ms"))}</dd></div>
      <div><dt>The slowest took</dt><dd>${duration(Math.max(...busy.map(({ slowestMs }) => slowestMs)))}</dd></div></dl>
    <${Columns} label=${`Time of ${count(searches, "search", "searches")} over the last ${name}: half of them, and 95 of 100`} unit=${duration}
      columns=${slots.map((slot) => ({ low: slot.medianMs, high: slot.p95Ms, title: slot.searches ? `${at(slot)}: ${count(slot.searches, "search", "searches")}, half in ${duration(slot.medianMs)}, 95 of 100 in ${duration(slot.p95Ms)}` : `${at(slot)}: none` }))}
      first=${at(slots[0])} last="now" /></div>`;
}
