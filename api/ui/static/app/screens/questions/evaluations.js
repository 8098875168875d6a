// How well searches answer the questions of a set: means with their intervals, and whether a difference is one.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { ago } from "../../format.js";
import { Interval } from "../../parts/bars.js";
import { Badge, Button, Check, Choice, Slider } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Loaded, Notice } from "../../parts/states.js";
import { useAction, useResource } from "../../resource.js";
import { Calibrate, Calibrated } from "./calibration.js";
import { FUSIONS } from "../datasets/searching.js";

const BUSY_MS = 1200;
export const METRICS = [["ndcg@10", "nDCG at 10"], ["recall@5", "Recall at 5"], ["mrr@10", "MRR at 10"], ["precision@5", "Precision at 5"]];
export const VERDICTS = { better: ["good", "better"], worse: ["bad", "worse"], no_significant_difference: ["", "no significant difference"] };

export function Evaluations({ set, writes, manages }) {
  const [asking, setAsking] = useState(null);
  const list = useResource((signal) => knowledge.questions.evaluations(set.id, signal), [set.id],
    (found) => (found?.data.some(({ state }) => state === "queued" || state === "running") ? BUSY_MS : null));
  const begin = useAction(async (json) => {
    await knowledge.questions.evaluate(set.id, json);
    setAsking(null);
    list.refresh();
  });
  return html`<section class="stack" aria-label="Evaluations"><div class="row apart"><h2>Evaluations</h2>
      ${writes && html`<div class="row"><${Button} kind="primary" icon="pulse" disabled=${!set.questions} busy=${begin.busy} onClick=${() => setAsking("compare")}>Evaluate …<//>
        <${Button} icon="settings" disabled=${!set.questions} onClick=${() => setAsking("tune")}>Tune …<//>
        <${Button} icon="settings" disabled=${!set.questions} onClick=${() => setAsking("calibrate")}>Calibrate …<//></div>`}</div>
    ${begin.error && html`<${Notice} tone="bad"><p>${begin.error.message}</p><//>`}
    <${Loaded} from=${list} rows=${2} what="The evaluations could not be loaded.">${({ data }) => data.map((one) => html`<${Evaluation} key=${one.id} evaluation=${one} manages=${manages} />`)}<//>
    ${asking === "compare" && html`<${Compare} begin=${begin} onClose=${() => setAsking(null)} />`}
    ${asking === "calibrate" && html`<${Calibrate} begin=${begin} manages=${manages} onClose=${() => setAsking(null)} />`}
    ${asking === "tune" && html`<${Tune} begin=${begin} manages=${manages} onClose=${() => setAsking(null)} />`}
  </section>`;
}

const KINDS = { tune: "Tuning", calibrate: "Calibration" };

function Evaluation({ evaluation, manages }) {
  const { state, result, error, kind } = evaluation;
  return html`<article class="panel padded stack"><div class="row apart"><span class="strong">${KINDS[kind] ?? "Evaluation"} <span class="soft small">version ${evaluation.version}, ${ago(evaluation.createdOn)}</span></span>
      ${state === "queued" || state === "running" ? html`<${Badge} tone="busy" busy>Measuring<//>` : state === "failed" ? html`<${Badge} tone="bad">Failed<//>` : html`<span class="small soft">${result?.questions} questions</span>`}</div>
    ${error && html`<p class="wrong-text">${error}</p>`}
    ${result?.configurations && html`<${Chart} configurations=${result.configurations} />`}
    ${kind === "calibrate" && result && html`<${Calibrated} evaluation=${evaluation} manages=${manages} />`}
    ${kind === "tune" && result && html`<${Tuned} result=${result} />`}</article>`;
}

const Chart = ({ configurations }) => html`<div class="scroll" tabindex="0" role="group" aria-label="Measures"><table class="plain"><thead><tr><th>Measure</th><th>Setting</th><th class="end">Mean</th><th>95 % interval, 0 to 1</th><th>Beside the first</th></tr></thead><tbody>
  ${METRICS.filter(([key]) => configurations[0].metrics[key]).map(([key, name]) => configurations.map((row, index) => {
    const found = row.metrics[key];
    const compared = row.comparedToFirst?.[key];
    return html`<tr key=${`${key} ${index}`}>${index === 0 && html`<th scope="rowgroup" rowspan=${configurations.length}>${name}</th>`}<td dir="auto">${row.configuration.name}</td>
      <td class="end numeric">${found.mean.toFixed(3)}</td><td class="chart-cell"><${Interval} ...${found} label=${`${name}, ${row.configuration.name}`} /></td>
      <td>${compared && html`<${Badge} tone=${VERDICTS[compared.verdict]?.[0]}>${VERDICTS[compared.verdict]?.[1] ?? compared.verdict}<//>`}</td></tr>`;
  }))}</tbody></table></div>`;

const Tuned = ({ result }) => (result.tuned
  ? html`<${Notice} tone=${result.adopted ? "good" : "info"}><p>Best on one half: <b>${result.tuned.name}</b>. On the other half it is ${VERDICTS[result.heldOut.verdict]?.[1] ?? result.heldOut.verdict} (${result.heldOut.difference.mean >= 0 ? "+" : ""}${result.heldOut.difference.mean.toFixed(3)}).</p>
      <p>${result.adopted ? "The dataset is set so now." : "The dataset stays as it is."}</p><//>`
  : html`<${Notice} tone="warn"><p>${result.reason}</p><//>`);

function Compare({ begin, onClose }) {
  const [rows, setRows] = useState([{ name: "as the dataset is set" }, { name: "variant", hybridAlpha: 0.5, fusion: "weighted", rerank: false }]);
  const change = (index, part) => setRows(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return html`<${Dialog} title="Evaluate settings" lead="Each is measured on all questions; all but the first are compared with the first." busy=${begin.busy} onClose=${onClose} onSubmit=${() => begin.run({ kind: "compare", configurations: rows })}
    foot=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${begin.busy}>Evaluate<//>`}>
    ${rows.map((row, index) => (index === 0 ? html`<p class="small" key="first"><b>1.</b> As the dataset is set</p>` : html`<fieldset class="panel padded stack" key=${index}>
      <div class="row apart"><legend class="strong">${index + 1}. A variant</legend>${rows.length > 1 && html`<${Button} kind="quiet" size="small" icon="close" label=${`Leave out variant ${index + 1}`} onClick=${() => setRows(rows.filter((_, at) => at !== index))} />`}</div>
      <input class="input" aria-label=${`Name of variant ${index + 1}`} value=${row.name} onInput=${(event) => change(index, { name: event.target.value })} />
      <${Slider} label="Words or meaning" value=${row.hybridAlpha} onValue=${(hybridAlpha) => change(index, { hybridAlpha })} ends=${["words only", "meaning only"]} />
      <${Choice} label="Fusion" value=${row.fusion} options=${FUSIONS} onValue=${(fusion) => change(index, { fusion })} />
      <${Check} checked=${row.rerank} onValue=${(rerank) => change(index, { rerank })}>Rerank<//></fieldset>`))}
    ${rows.length < 6 && html`<div><${Button} size="small" icon="add" onClick=${() => setRows([...rows, { name: `variant ${rows.length}`, hybridAlpha: 0.7, fusion: "weighted", rerank: false }])}>Another variant<//></div>`}
  <//>`;
}

function Tune({ begin, manages, onClose }) {
  const [adopt, setAdopt] = useState(false);
  return html`<${Dialog} title="Tune the dataset" lead="Tries weights and fusions on one half of the questions, and the best of them on the other half." busy=${begin.busy} onClose=${onClose} onSubmit=${() => begin.run({ kind: "tune", adopt })}
    foot=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${begin.busy}>Tune<//>`}>
    ${manages && html`<${Check} checked=${adopt} onValue=${setAdopt}>Set the dataset so if it holds on the other half<//>`}
    <p class="small soft">It needs at least 20 questions.</p><//>`;
}
