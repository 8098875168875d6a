// Scores that mean the share of what is relevant: asked for, looked at, taken over, gone back from.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { Badge, Button, Check } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Notice } from "../../parts/states.js";
import { useAction, useResource } from "../../resource.js";

const SIDE = 160;
const share = (value) => value.toFixed(2);

export function Calibrate({ begin, manages, onClose }) {
  const [adopt, setAdopt] = useState(false);
  return html`<${Dialog} title="Calibrate scores" lead="Afterwards a least score of 0.5 brings results of which about half are relevant. The order of results stays." busy=${begin.busy} onClose=${onClose} onSubmit=${() => begin.run({ kind: "calibrate", adopt })}
    foot=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${begin.busy}>Calibrate<//>`}>
    ${manages && html`<${Check} checked=${adopt} onValue=${setAdopt}>Show scores so if it holds on the other half<//>`}
    <p class="small soft">It needs at least 40 questions.</p><//>`;
}

const modeName = ({ hybridAlpha, rerank }, index) =>
  (index === 0 ? "as the dataset is set" : hybridAlpha === 0 ? "words only" : hybridAlpha === 1 ? "meaning only" : `weight ${hybridAlpha}`) + (rerank ? ", reranked" : "");

export function Calibrated({ evaluation, manages }) {
  const { id, datasetId, result } = evaluation;
  const now = useResource((signal) => knowledge.calibration.get(datasetId, signal), [datasetId]);
  const change = useAction(async (adopts) => {
    await (adopts ? knowledge.calibration.adopt(datasetId, id) : knowledge.calibration.drop(datasetId));
    now.refresh();
  });
  const shown = now.data?.evaluationId === id;
  return html`<div class="stack">
    ${result.reason && html`<${Notice} tone="warn"><p>Not to be relied on: ${result.reason}.</p><//>`}
    ${result.modes.length > 0 && html`<${Plot} found=${result.modes[0].heldOut} />
      <div class="scroll" tabindex="0" role="group" aria-label="At a least score of 0.5"><table class="plain"><thead><tr><th>Searched</th><th class="end">Relevant at 0.5</th><th class="end">Passages</th></tr></thead><tbody>
      ${result.modes.map((mode, index) => {
        const middle = mode.heldOut.find(({ minScore }) => minScore === 0.5);
        return html`<tr key=${index}><td>${modeName(mode, index)}</td><td class="end numeric">${middle.relevant === null ? "none" : share(middle.relevant)}</td><td class="end numeric">${middle.returned}</td></tr>`;
      })}</tbody></table></div>`}
    ${change.error && html`<${Notice} tone="bad"><p>${change.error.message}</p><//>`}
    <div class="row">${shown && html`<${Badge} tone="good">Scores are shown so<//>`}
      ${manages && result.calibration && (shown
        ? html`<${Button} size="small" busy=${change.busy} onClick=${() => change.run(false)}>Show scores as they are<//>`
        : html`<${Button} size="small" busy=${change.busy} onClick=${() => change.run(true)}>Show scores so<//>`)}</div></div>`;
}

// On questions that were not fitted to. The dashed line is where the share is what the least score says.
function Plot({ found }) {
  const points = found.filter(({ relevant }) => relevant !== null);
  const at = ({ minScore, relevant }) => `${minScore * SIDE},${(1 - relevant) * SIDE}`;
  const told = points.map(({ minScore, relevant }) => `${share(relevant)} at ${minScore}`).join(", ");
  return html`<figure class="stack"><svg class="spark" viewBox=${`0 0 ${SIDE} ${SIDE}`} style=${{ width: `${SIDE}px` }} role="img" aria-label=${`Share of relevant results by least score: ${told}`}>
    <line x1="0" y1=${SIDE} x2=${SIDE} y2="0" stroke="currentColor" stroke-dasharray="4 3" opacity="0.5" />
    <polyline points=${points.map(at).join(" ")} fill="none" /></svg>
    <figcaption class="tiny soft">Share of relevant results (up) by least score (across), both from 0 to 1, on questions that were not fitted to.</figcaption></figure>`;
}
