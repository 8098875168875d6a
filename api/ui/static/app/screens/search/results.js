// The passages that came back, best first, with their scores.
import { html, useState } from "../../html.js";
import { count, date, duration, score } from "../../format.js";
import { Badge, Button } from "../../parts/controls.js";
import { HitFoot } from "./explain.js";
import { How } from "./how.js";
import { Icon } from "../../parts/icon.js";
import { Passage } from "../../parts/passage.js";
import { Bones, Empty, Failure } from "../../parts/states.js";
import { href } from "../../router.js";

const LEGS = { hybrid: ["accent", "meaning and words"], vector: ["", "meaning"], keyword: ["", "words"] };
const LONG = 420;
const LINES = 8;

export function Results({ title, answer, other, moved = false, names, query }) {
  const { result, error, busy, retry } = answer;
  return html`<div class=${`results stack ${busy && result ? "stale" : ""}`} aria-busy=${String(busy)}>
    <div class="row apart">${title ? html`<h2>${title}</h2>` : html`<h2 class="only-read">Results</h2>`}
      <span class="soft small numeric" role="status">${busy ? "Searching …" : result && `${result.results.length} in ${duration(result.searchMs)}`}</span></div>
    ${result?.explanation && html`<${How} explanation=${result.explanation} />`}
    ${error && html`<${Failure} error=${error} retry=${retry} what="The search could not be made." />`}
    ${!result && busy && html`<${Bones} rows=${5} height=${56} />`}
    ${result && (result.results.length
      ? html`<ol class="stack">${result.results.map((hit, index) => html`<${Hit} key=${hit.chunkId} hit=${hit} rank=${index + 1} names=${names}
          motion=${motionOf(hit, index, other, moved)} query=${query} />`)}</ol>`
      : html`<div class="panel"><${Empty} icon="search" title="Nothing came back">${answer.request.minScore
        ? "Nothing reaches the least score. Lower it to see what comes near." : "No passage fits. Is the file indexed and switched on, and do the conditions let it through?"}<//></div>`)}
  </div>`;
}

// Where a passage stands on the other side: { kind: same | up | down | only, by }, or null where there is no other.
export function motionOf(hit, index, other, moved) {
  if (!other?.result) return null;
  const there = other.result.results.findIndex(({ chunkId }) => chunkId === hit.chunkId);
  if (there < 0) return { kind: "only", text: moved ? "only in B" : "only in A" };
  const by = moved ? there - index : index - there;
  if (!moved || by === 0) return by === 0 ? { kind: "same", text: "same place" } : null;
  return by > 0 ? { kind: "up", text: `up ${by}`, by } : { kind: "down", text: `down ${-by}`, by };
}

const MOTION = { up: ["good", "arrowUp"], down: ["warn", "arrowDown"], only: ["accent", null], same: ["", null] };

function Hit({ hit, rank, names, motion, query }) {
  const [all, setAll] = useState(false);
  const long = hit.content.length > LONG || hit.content.split("\n").length > LINES;
  const { metadata } = hit;
  const [tone, leg] = LEGS[hit.rankSource];
  return html`<li class="hit panel">
    <div class="hit-head"><span class="rank numeric" aria-label=${`Rank ${rank}`}>${rank}</span>
      <div class="grow stack tight"><a class="name clip" title=${hit.fileName} href=${href(["datasets", hit.datasetId, "file", hit.fileId], { chunk: hit.chunkId })}><bdi>${hit.fileName}</bdi></a>
        <${Where} hit=${hit} names=${names} /></div></div>
    <div class="row scores"><${ScoreBar} value=${hit.score} />
      ${hit.explanation && html`<${ScoreBar} value=${hit.explanation.vector.score} label="Meaning" tone="vector small" /><${ScoreBar} value=${hit.explanation.keyword.score} label="Words" tone="keyword small" />`}
      ${!hit.explanation && html`<${Badge} tone=${tone} title="What the score is owed to">${leg}<//>`}
      ${hit.flags?.includes("reads_like_instructions") && html`<${Badge} tone="warn" title="The text speaks to an assistant. It is content all the same: agents are told not to obey it.">reads like instructions<//>`}
      ${hit.mergedChunkIds?.length > 1 && html`<${Badge}>${count(hit.mergedChunkIds.length, "passage")} in one<//>`}
      ${motion && html`<${Badge} tone=${MOTION[motion.kind][0]}>${MOTION[motion.kind][1] && html`<${Icon} name=${MOTION[motion.kind][1]} size=${11} />`}${motion.text}<//>`}</div>
    <${Passage} text=${hit.content} spans=${hit.highlights} short=${long && !all} />
    ${long && html`<div><${Button} kind="quiet" size="small" icon="down" onClick=${() => setAll(!all)} aria-expanded=${String(all)}>${all ? "Less" : "Whole passage"}<//></div>`}
    ${hit.section && html`<${Section} section=${hit.section} />`}
    <${HitFoot} hit=${hit} query=${query} />
    ${metadata.url && html`<a class="small clip" href=${metadata.url} target="_blank" rel="noopener noreferrer">${metadata.url}</a>`}
  </li>`;
}

const Section = ({ section: { headingPath, content, chunkIds, truncated } }) => html`<details><summary class="small">Section${headingPath.length > 0 && html` “<bdi>${headingPath.join(" › ")}</bdi>”`}, ${count(chunkIds.length, "passage")}${truncated && ", cut off"}</summary>
  <div class="explanation"><${Passage} text=${content} /></div></details>`;

function Where({ hit: { datasetId, metadata }, names }) {
  const parts = [
    names.size > 1 && names.get(datasetId) && html`<bdi>${names.get(datasetId)}</bdi>`,
    metadata.pageNumber && `page ${metadata.pageNumber}`,
    metadata.heading && html`<bdi>${metadata.heading}</bdi>`,
    metadata.publishedAt && date(metadata.publishedAt),
  ].filter(Boolean);
  return parts.length > 0 && html`<div class="small soft">${parts.map((part, index) => html`${index > 0 && " · "}${part}`)}</div>`;
}

export const ScoreBar = ({ value, label = "Score", tone = "" }) => html`
  <div class=${`score-bar ${tone}`} data-label=${label}><span class="bar" aria-hidden="true"><span style=${{ width: `${Math.min(100, Math.round(value * 100))}%` }}></span></span>
    <span class="numeric" title=${`${label}, from 0 to 1`}><span class="only-read">${label} </span>${score(value)}</span></div>`;
