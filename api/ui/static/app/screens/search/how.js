// How an answer came about as a whole: what was weighed how, what was looked at, what took how long.
import { html } from "../../html.js";
import { count, duration, number } from "../../format.js";
import { FUSIONS } from "../datasets/searching.js";

export function How({ explanation }) {
  const { terms, hybridAlpha, fusion, pool, candidates, filters, phrases, rerankDepth, reranker, timings } = explanation;
  const rows = [
    ["Meaning against words", `${number(hybridAlpha)} to ${number(Math.round((1 - hybridAlpha) * 100) / 100)}`],
    ["Made one by", FUSIONS.find(([kind]) => kind === fusion)?.[1].toLowerCase() ?? fusion],
    ["Looked at", `${count(candidates, "passage")}; at most ${number(pool)} from each leg`],
    ["Conditions", filters.join("; ")], ["Held to the letter", phrases.map((phrase) => `“${phrase}”`).join(", ")],
    ["Second look", rerankDepth ? `at ${number(rerankDepth)}, by ${reranker}` : ""],
    ["Took", Object.entries({ "the question": timings.embed, "the engine": timings.engine, "the second look": timings.rerank }).filter(([, value]) => value > 0).map(([name, value]) => `${name} ${duration(value)}`).join(", ")],
  ];
  return html`<details class="small"><summary>How it was searched</summary><div class="explanation stack">
    <dl class="facts">${rows.filter(([, value]) => value).map(([name, value]) => html`<dt>${name}</dt><dd dir="auto">${value}</dd>`)}</dl>
    ${terms.length > 0 && html`<div class="row" role="group" aria-label="The question's words, and how rare each is">${terms.map(({ word, weight }) => html`<span class="chip"><bdi>${word}</bdi><span class="soft numeric">${weight.toFixed(2)}</span></span>`)}</div>`}
  </div></details>`;
}
