// What was searched, how long it took, and which questions found no good answer.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { ago, count, duration, fullTime, score } from "../../format.js";
import { Badge, LinkButton, Segments } from "../../parts/controls.js";
import { Sparkline } from "../../parts/bars.js";
import { Page } from "../../parts/page.js";
import { Paged } from "../../parts/pages.js";
import { Rows } from "../../parts/rows.js";
import { Empty, Loaded } from "../../parts/states.js";
import { useResource } from "../../resource.js";
import { href } from "../../router.js";
import { usePages } from "../paged.js";

export function History() {
  const [view, setView] = useState("searches");
  return html`<${Page} title="History" lead="Searches of people and agents, and the gaps in the knowledge that they show.">
    <div class="toolbar"><${Segments} label="What to show" value=${view} onValue=${setView} options=${[["searches", "Searches"], ["gaps", "Gaps"]]} /></div>
    ${view === "searches" ? html`<${Searches} />` : html`<${Gaps} />`}
  <//>`;
}

const again = (record) => href(["search"], { q: record.query, in: record.datasetIds.join(",") });

function Searches() {
  const records = usePages((page, signal) => knowledge.records.list({ ...page, limit: 100 }, signal), []);
  return html`<${Paged} from=${records} what="The history could not be loaded.">${(items) => (items.length
    ? html`<${Latency} items=${items} /><div class="panel scroll"><table class="plain cards"><thead><tr><th>Question</th><th>Who</th><th class="end">Best</th><th class="end">Results</th><th class="end">Took</th><th>When</th></tr></thead>
      <tbody><${Rows} paged items=${items} draw=${(record) => html`<tr key=${record.id}><td><a dir="auto" href=${again(record)}>${record.query}</a></td>
        <td data-label="Who"><bdi>${record.keyName ?? "–"}</bdi>${record.agentRole && html` <${Badge}>agent<//>`}</td>
        <td class="end numeric" data-label="Best">${record.results.length ? score(record.topScore) : html`<${Badge} tone="warn">nothing<//>`}</td>
        <td class="end numeric" data-label="Results">${record.results.length}</td><td class="end numeric soft nowrap" data-label="Took">${duration(record.searchMs)}</td>
        <td class="soft nowrap half" data-label="When" title=${fullTime(record.at)}>${ago(record.at)}</td></tr>`} /></tbody></table></div>`
    : html`<div class="panel"><${Empty} icon="history" title="Nobody has searched yet" action=${html`<${LinkButton} href="#/search">Search<//>`} /></div>`)}<//>`;
}

function Latency({ items }) {
  const times = items.map(({ searchMs }) => searchMs).reverse();
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return html`<section class="panel padded row apart" aria-label="Time of searches"><dl class="stats"><div><dt>Half are done in</dt><dd>${duration(at(0.5))}</dd></div>
    <div><dt>95 of 100 in</dt><dd>${duration(at(0.95))}</dd></div></dl><div class="grow latency"><${Sparkline} points=${times} label=${`Time of the last ${count(times.length, "search", "searches")}, from old to new`} /></div></section>`;
}

function Gaps() {
  const gaps = useResource((signal) => knowledge.records.gaps({ days: 30, limit: 100 }, signal), []);
  return html`<${Loaded} from=${gaps} what="The gaps could not be loaded.">${({ data }) => (data.length
    ? html`<div class="panel scroll"><table class="plain cards"><thead><tr><th>Question without a good answer</th><th class="end">Asked</th><th class="end">Best score</th><th>Last</th></tr></thead>
      <tbody><${Rows} items=${data} columns=${4} draw=${(gap) => html`<tr key=${gap.recordId}><td><a dir="auto" href=${again(gap)}>${gap.query}</a></td><td class="end numeric nowrap" data-label="Asked">${count(gap.times, "time")}</td>
        <td class="end numeric" data-label="Best score">${score(gap.bestScore)}</td><td class="soft nowrap half" data-label="Last">${ago(gap.lastAsked)}</td></tr>`} /></tbody></table></div>`
    : html`<div class="panel"><${Empty} icon="check" title="No gaps in the last 30 days">Every question found something good.<//></div>`)}<//>`;
}
