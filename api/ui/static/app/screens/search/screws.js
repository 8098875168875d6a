// The settings of one side.
import { html } from "../../html.js";
import { Check, Slider } from "../../parts/controls.js";

export const Screws = ({ name, value, onValue, maxTopK }) => html`
  <fieldset class="panel padded stack" aria-label=${name ? `Setting ${name}` : "Settings"}>
    ${name && html`<h2>Setting ${name}</h2>`}
    <${Slider} label="Words or meaning" value=${value.alpha} onValue=${(alpha) => onValue({ alpha })} ends=${["words only", "meaning only"]} />
    <${Slider} label="Results" min=${1} max=${maxTopK} step=${1} value=${value.topK} onValue=${(topK) => onValue({ topK })} />
    <${Slider} label="Least score" value=${value.minScore} onValue=${(minScore) => onValue({ minScore })} ends=${["all", "certain"]} />
    <${Check} checked=${value.rerank} onValue=${(rerank) => onValue({ rerank })} hint="A second look at the best: slower, more accurate.">Rerank<//>
  </fieldset>`;
