// Conditions that a passage has to fulfil.
import { html } from "../../html.js";
import { Button, Check, TextField } from "../../parts/controls.js";
import { NO_FILTER, isNarrowed } from "./query.js";

const SOURCES = [["upload", "Uploaded"], ["website_crawl", "From a website"], ["published_content", "Published content"], ["competitor_research", "Competitor research"]];

export function Narrow({ value, onValue }) {
  const change = (part) => onValue({ ...value, ...part });
  const label = (index, part) => change({ metadata: value.metadata.map((pair, at) => (at === index ? { ...pair, ...part } : pair)) });
  return html`<details class="panel padded" open=${isNarrowed(value)}>
    <summary>Narrow down${isNarrowed(value) && " (on)"}</summary>
    <div class="stack">
      <div class="stack tight" role="group" aria-label="Source">${SOURCES.map(([key, name]) => html`<${Check} key=${key} checked=${value.sources.includes(key)}
        onValue=${(on) => change({ sources: on ? [...value.sources, key] : value.sources.filter((other) => other !== key) })}>${name}<//>`)}</div>
      <div class="pair"><${TextField} label="Published from" type="date" value=${value.publishedAfter} onValue=${(publishedAfter) => change({ publishedAfter })} />
        <${TextField} label="Published to" type="date" value=${value.publishedBefore} onValue=${(publishedBefore) => change({ publishedBefore })} /></div>
      ${value.metadata.map((pair, index) => html`<div class="row still" key=${index}>
        <input class="input" aria-label="Label" placeholder="language" value=${pair.name} onInput=${(event) => label(index, { name: event.target.value })} />
        <input class="input" aria-label="Value" placeholder="en" value=${pair.value} onInput=${(event) => label(index, { value: event.target.value })} />
        <${Button} kind="quiet" size="small" icon="close" label="Remove this label" onClick=${() => change({ metadata: value.metadata.filter((_, at) => at !== index) })} /></div>`)}
      <div class="row"><${Button} size="small" icon="add" onClick=${() => change({ metadata: [...value.metadata, { name: "", value: "" }] })}>Label<//>
        ${isNarrowed(value) && html`<${Button} size="small" kind="quiet" onClick=${() => onValue(NO_FILTER)}>Clear<//>`}</div>
    </div>
  </details>`;
}
