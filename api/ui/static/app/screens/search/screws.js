// The settings of one side. What is not touched is not sent: it stays as the datasets have it.
import { html, useState } from "../../html.js";
import { useCaller } from "../../caller.js";
import { Button, Check, Choice, Slider } from "../../parts/controls.js";
import { FUSIONS } from "../datasets/searching.js";

// `own`: what holds where this side does not say, null where the datasets differ.
export function Screws({ name, value, own, onValue }) {
  const { defaults } = useCaller();
  return html`<fieldset class="panel padded stack" aria-label=${name ? `Setting ${name}` : "Settings"}>
    ${name && html`<h2>Setting ${name}</h2>`}
    <div class="stack tight"><${Slider} label="Words or meaning" value=${value.alpha ?? own.alpha ?? defaults.hybridAlpha} onValue=${(alpha) => onValue({ alpha })} ends=${["words only", "meaning only"]} />
      ${value.alpha === null
        ? html`<p class="tiny soft">${own.alpha === null ? "The chosen datasets each have their own." : "As the dataset has it."}</p>`
        : html`<div><${Button} kind="quiet" size="small" icon="undo" onClick=${() => onValue({ alpha: null })}>As the dataset has it<//></div>`}</div>
    <${Slider} label="Results" min=${1} max=${defaults.maxTopK} step=${1} value=${value.topK} onValue=${(topK) => onValue({ topK })} />
    <${Slider} label="Least score" value=${value.minScore} onValue=${(minScore) => onValue({ minScore })} ends=${["all", "certain"]} />
    <${Check} checked=${value.rerank} onValue=${(rerank) => onValue({ rerank })} hint="A second look at the best: slower, more accurate.">Rerank<//>
    <${More} value=${value} own=${own} onValue=${onValue} />
  </fieldset>`;
}

function More({ value, own, onValue }) {
  const isSet = Boolean(value.fusion || value.diversity || value.merges || value.section);
  const [open] = useState(isSet); // from then on the reader's choice
  const name = FUSIONS.find(([kind]) => kind === own.fusion)?.[1].toLowerCase();
  return html`<details open=${open}><summary>More${isSet && " (on)"}</summary><div class="stack">
    <${Choice} label="How both are made one" value=${value.fusion ?? ""} options=${[["", `As the dataset has it${name ? `: ${name}` : ""}`], ...FUSIONS]} onValue=${(fusion) => onValue({ fusion: fusion || null })} />
    <${Slider} label="Diversity" value=${value.diversity} onValue=${(diversity) => onValue({ diversity })} ends=${["the best", "unlike each other"]} />
    <${Check} checked=${value.merges} onValue=${(merges) => onValue({ merges })} hint="Passages that follow each other become one result.">Merge neighbours<//>
    <${Check} checked=${value.section} onValue=${(section) => onValue({ section })} hint="The part of the file round each passage.">Show sections<//>
  </div></details>`;
}
