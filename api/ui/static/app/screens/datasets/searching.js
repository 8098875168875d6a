// How a dataset is searched where a search does not say.
import { html } from "../../html.js";
import { useCaller } from "../../caller.js";
import { Check, Choice, Slider } from "../../parts/controls.js";

export const FUSIONS = [["weighted", "Weighted scores"], ["rrf", "Reciprocal ranks"], ["dbsf", "By distribution"]];

export function SearchFields({ value: { hybridAlpha, fusion }, onValue }) {
  const { defaults } = useCaller();
  const own = hybridAlpha !== null;
  return html`<div class="form">
    <${Check} checked=${own} onValue=${(on) => onValue({ fusion, hybridAlpha: on ? defaults.hybridAlpha : null })}
      hint="Else as the installation has it. A search, and an agent that asks so, may say otherwise.">A weight of words and meaning of its own<//>
    ${own && html`<${Slider} label="Words or meaning" value=${hybridAlpha} onValue=${(alpha) => onValue({ fusion, hybridAlpha: alpha })} ends=${["words only", "meaning only"]} />`}
    <${Choice} label="How both are made one" value=${fusion ?? ""} options=${[["", "As the installation has it"], ...FUSIONS]}
      onValue=${(kind) => onValue({ hybridAlpha, fusion: kind || null })} /></div>`;
}
