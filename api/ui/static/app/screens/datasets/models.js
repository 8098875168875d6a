// Another embedding model for a dataset: made beside the vectors that are searched, compared, switched to, and back.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { ago, count, date, fullTime, number } from "../../format.js";
import { Interval } from "../../parts/bars.js";
import { Badge, Button, Choice, Progress } from "../../parts/controls.js";
import { Confirm } from "../../parts/dialog.js";
import { Loaded, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";
import { METRICS, VERDICTS } from "../questions/evaluations.js";

const BUSY_MS = 1200;
const STATES = {
  filling: ["busy", "Embedding"], ready: ["warn", "Waits for your decision"], switched: ["good", "Switched"],
  cancelled: ["", "Called off"], failed: ["bad", "Failed"],
};
const POLICIES = [
  ["unless_worse", "At once, unless golden questions say that it got worse"], ["always", "At once"], ["by_hand", "When I say so"],
];
const DEEDS = { switch: "Searches go over to the new vectors.", cancel: "Called off; nothing changed for searches.", rollback: "Searches go back to the model before." };
const isGoing = ({ state }) => state === "filling" || state === "ready";

export function ModelChanges({ dataset, refresh }) {
  const [asking, setAsking] = useState(false);
  const found = useResource(async (signal) => {
    const [{ data: models }, { data: changes }] = await Promise.all([knowledge.models.list(signal), knowledge.models.changes(dataset.id, signal)]);
    return { models, changes };
  }, [dataset.id], (known) => (known?.changes.some(({ state }) => state === "filling") ? BUSY_MS : null));
  const deciding = useAction(async (id, verb) => {
    await knowledge.models.decide(dataset.id, id, verb);
    say(DEEDS[verb]);
    found.refresh();
    refresh();
  });
  return html`<section class="panel padded stack" aria-label="Embedding model"><h2>Embedding model</h2>
    ${deciding.error && html`<${Notice} tone="bad"><p>${deciding.error.message}</p><//>`}
    <${Loaded} from=${found} rows=${2} what="The embedding models could not be loaded.">${({ models, changes }) => {
      const others = models.filter(({ name }) => name !== dataset.embeddingModel);
      return html`<p class="small"><bdi>${dataset.embeddingModel}</bdi>, ${number(dataset.vectorSize)} numbers a vector</p>
        ${others.length > 0 && !changes.some(isGoing) && html`<div><${Button} icon="compare" onClick=${() => setAsking(true)}>Change the model …<//></div>`}
        ${others.length === 0 && changes.length === 0 && html`<p class="small soft">This installation has no other: CAIRN_EMBEDDING_MODELS names further ones.</p>`}
        ${changes.length > 0 && html`<ol class="stack">${changes.slice(0, 5).map((change, index) => html`<${Change} key=${change.id} change=${change} isNewest=${index === 0} deciding=${deciding} />`)}</ol>`}
        ${asking && html`<${Begin} dataset=${dataset} models=${others} onClose=${() => setAsking(false)} onDone=${() => { setAsking(false); found.refresh(); refresh(); }} />`}`;
    }}<//></section>`;
}

function Change({ change, isNewest, deciding }) {
  const { id, state, newModel, oldModel, chunksDone, chunksTotal, comparison, error, createdOn, keptUntil } = change;
  const [tone, name] = STATES[state] ?? ["", state];
  const goesBack = state === "switched" && isNewest && keptUntil;
  return html`<li class="stack tight"><div class="row"><${Badge} tone=${tone} busy=${state === "filling"}>${name}<//><span class="small">from <bdi>${oldModel}</bdi> to <b><bdi>${newModel}</bdi></b></span></div>
    <span class="tiny soft" title=${fullTime(createdOn)}>${ago(createdOn)}, by <bdi>${change.createdBy}</bdi>${goesBack ? `; the old vectors are kept until ${date(keptUntil)}` : ""}</span>
    ${state === "filling" && html`<${Progress} value=${chunksTotal ? (chunksDone / chunksTotal) * 100 : 0} label="Passages with vectors of the new model" /><span class="tiny soft numeric">${number(chunksDone)} of ${count(chunksTotal, "passage")}</span>`}
    ${error && html`<p class="small wrong-text">${error}</p>`}
    ${comparison && html`<${Comparison} found=${comparison} />`}
    ${isNewest && html`<div class="row">
      ${state === "ready" && html`<${Button} kind="primary" size="small" busy=${deciding.busy} onClick=${() => deciding.run(id, "switch")}>Switch<//>`}
      ${isGoing(change) && html`<${Button} size="small" icon="stop" busy=${deciding.busy} onClick=${() => deciding.run(id, "cancel")}>Call it off<//>`}
      ${goesBack && html`<${Button} size="small" icon="undo" busy=${deciding.busy} onClick=${() => deciding.run(id, "rollback")}>Go back to ${oldModel}<//>`}</div>`}</li>`;
}

function Comparison({ found: { questions, verdict, metrics } }) {
  const [tone, said] = VERDICTS[verdict] ?? ["", verdict];
  return html`<div class="stack tight"><p class="small">By ${count(questions, "golden question")}: <${Badge} tone=${tone}>${said}<//></p>
    <div class="scroll" tabindex="0" role="group" aria-label="Before and after"><table class="plain tight"><thead><tr><th>Measure</th><th class="end">Before</th><th class="end">After</th><th>95 % interval, 0 to 1</th></tr></thead><tbody>
      ${METRICS.filter(([key]) => metrics[key]).map(([key, name]) => html`<tr key=${key}><td>${name}</td><td class="end numeric">${metrics[key].before.mean.toFixed(3)}</td><td class="end numeric">${metrics[key].after.mean.toFixed(3)}</td>
        <td class="chart-cell"><${Interval} ...${metrics[key].after} label=${`${name}, after`} /></td></tr>`)}</tbody></table></div></div>`;
}

function Begin({ dataset, models, onClose, onDone }) {
  const [given, setGiven] = useState({ embeddingModel: models[0].name, switchPolicy: "unless_worse" });
  const beginning = useAction(async () => {
    await knowledge.models.begin(dataset.id, given);
    say("The new vectors are being made. Searches use the old ones until all are there.");
    onDone();
  });
  return html`<${Confirm} title="Change the embedding model?" verb="Begin" danger=${false} action=${beginning} onClose=${onClose}>
    <${Choice} label="New model" value=${given.embeddingModel} options=${models.map(({ name, vectorSize }) => [name, `${name}, ${number(vectorSize)} numbers a vector`])} onValue=${(embeddingModel) => setGiven({ ...given, embeddingModel })} />
    <${Choice} label="When searches go over" value=${given.switchPolicy} options=${POLICIES} onValue=${(switchPolicy) => setGiven({ ...given, switchPolicy })} />
    <p class="small">${count(dataset.totalChunks, "passage")} of ${count(dataset.totalFiles, "file")} are embedded anew; nothing is read or cut again, and nothing is missing from searches meanwhile. Until the old vectors are let go, both take up space.</p><//>`;
}
