// KB5: a dataset's settings, and what a change of them costs before it is made.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, offers, useCaller } from "../../caller.js";
import { count, fullTime, number } from "../../format.js";
import { Button, Check, TextField } from "../../parts/controls.js";
import { Confirm } from "../../parts/dialog.js";
import { Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";
import { go } from "../../router.js";
import { ChunkFields } from "./chunking.js";
import { minutes } from "./minutes.js";
import { ModelChanges } from "./models.js";
import { RecognitionCost, RecognitionFields, pagesAreRight } from "./recognition.js";
import { RedactionFields } from "./redaction.js";
import { AgentRoles } from "./roles.js";
import { SearchFields } from "./searching.js";

const PLAIN = ["name", "description", "allowedAgentRoles", "search"];
const CUTTING = ["chunkSize", "chunkOverlap", "parseType", "parserEngine", "separators", "ocr", "onlyMainContent", "redaction"];

const fieldsOf = (dataset) => Object.fromEntries([...PLAIN, ...CUTTING].map((name) => [name, dataset[name] ?? ""]));
// Recognition that is off has no number of pages.
const sentOf = (name, value) => (name === "ocr" && !value.enabled ? { enabled: false } : value);
const differs = (one, other) => JSON.stringify(one) !== JSON.stringify(other);

export function Settings({ dataset, refresh, put }) {
  const caller = useCaller();
  const [base, setBase] = useState(() => fieldsOf(dataset));
  const [given, setGiven] = useState(base);
  const [anew, setAnew] = useState(true);
  const changed = [...PLAIN, ...CUTTING].filter((name) => differs(given[name], base[name]));
  const recuts = changed.some((name) => CUTTING.includes(name));
  const change = (part) => setGiven((before) => ({ ...before, ...part }));

  const saving = useAction(async () => {
    const after = await knowledge.datasets.configure(dataset.id, Object.fromEntries(changed.map((name) => [name, sentOf(name, given[name])])));
    put(() => after);
    setBase(fieldsOf(after));
    setGiven(fieldsOf(after));
    if (recuts && anew && after.totalFiles) {
      const { jobsQueued } = await knowledge.datasets.reindex(dataset.id);
      say(`Saved. ${count(jobsQueued, "file")} being built anew.`);
    } else {
      say("Saved.");
    }
    refresh();
  });
  const submit = (event) => {
    event.preventDefault();
    if (changed.length) saving.run();
  };
  return html`<div class="settings">
    <form class="panel padded form" onSubmit=${submit} novalidate>
      ${saving.error && html`<${Notice} tone="bad"><p>${saving.error.message}</p><//>`}
      <section><${TextField} label="Name" value=${given.name} onValue=${(name) => change({ name })} maxlength="200" dir="auto" wrong=${saving.error?.of?.("name")} />
      <${TextField} label="What it is about" multiline value=${given.description} onValue=${(description) => change({ description })} maxlength="2000" dir="auto" />
      ${may(caller, "manage") && html`<${AgentRoles} key=${base.allowedAgentRoles.join()} value=${given.allowedAgentRoles} onValue=${(allowedAgentRoles) => change({ allowedAgentRoles })} wrong=${saving.error?.of?.("allowedAgentRoles")} />`}
      </section>
      <section><h2>How it is searched</h2>
        <${SearchFields} value=${given.search} onValue=${(search) => change({ search })} /></section>
      <section><h2>How files are cut into passages</h2>
      <${ChunkFields} value=${given} onValue=${change} error=${saving.error} /></section>
      <section><h2>Scans and pictures</h2>
      <${RecognitionFields} value=${given.ocr} onValue=${(ocr) => change({ ocr })} error=${saving.error} />
      <h2>Personal data</h2>
      <${RedactionFields} value=${given.redaction} onValue=${(redaction) => change({ redaction })} error=${saving.error} /></section>
      ${recuts && dataset.totalFiles > 0 && html`<${Cost} dataset=${dataset} recognises=${given.ocr.enabled} anew=${anew} onAnew=${setAnew} />`}
      <div class="row"><${Button} type="submit" kind="primary" busy=${saving.busy} disabled=${!changed.length || given.chunkOverlap >= given.chunkSize || !pagesAreRight(given.ocr)}>Save<//>
        <${Button} onClick=${() => setGiven(base)} disabled=${!changed.length || saving.busy}>Undo changes<//>
        ${changed.length > 0 && html`<span class="soft small">${count(changed.length, "change")} not saved</span>`}</div>
    </form>
    <div class="stack"><${Facts} dataset=${dataset} /><${Rebuild} dataset=${dataset} refresh=${refresh} />
      ${offers(caller, "dashboardKbModelChangesList") && html`<${ModelChanges} dataset=${dataset} refresh=${refresh} />`}
      ${may(caller, "manage") && html`<${Danger} dataset=${dataset} />`}</div>
  </div>`;
}

function Cost({ dataset, recognises, anew, onAnew }) {
  const estimate = useResource((signal) => knowledge.datasets.reindexCost(dataset.id, signal), [dataset.id]);
  const { data } = estimate;
  return html`<${Notice} tone="warn" icon="clock">
    <p class="strong">Files that are here keep their passages until they are built anew.</p>
    ${data && html`<p>${count(data.files, "file")} with ${count(data.chunks, "passage")}: ${minutes(data.estimatedMinutes)}. Searches find the old passages until the new ones are complete.</p>
      ${recognises && html`<${RecognitionCost} cost=${data} />`}`}
    <${Check} checked=${anew} onValue=${onAnew}>Build them anew after saving<//>
  <//>`;
}

const Facts = ({ dataset }) => html`<section class="panel padded stack"><h2>About</h2><dl class="facts">
  <dt>Id</dt><dd class="mono">${dataset.id}</dd>
  <dt>Model</dt><dd>${dataset.embeddingModel}</dd>
  <dt>Vectors</dt><dd class="numeric">${number(dataset.vectorSize)} numbers each</dd>
  <dt>Collection</dt><dd class="mono">${dataset.qdrantCollection}</dd>
  <dt>Created</dt><dd>${fullTime(dataset.createdOn)}</dd>
  <dt>Settings changed</dt><dd>${fullTime(dataset.updatedOn)}</dd></dl></section>`;

function Rebuild({ dataset, refresh }) {
  const [asking, setAsking] = useState(false);
  const building = useAction(async () => {
    const { jobsQueued, estimatedMinutes } = await knowledge.datasets.reindex(dataset.id);
    say(`${count(jobsQueued, "file")} being built anew: ${minutes(estimatedMinutes)}.`);
    setAsking(false);
    refresh();
  });
  if (!dataset.totalFiles) return null;
  return html`<section class="panel padded stack"><h2>Build all files anew</h2>
    <p class="soft small">Reads, cuts and indexes every file with the settings of now. Searches find the old passages of a file until its new ones are complete.</p>
    <div><${Button} icon="refresh" onClick=${() => setAsking(true)}>Build anew …<//></div>
    ${asking && html`<${Confirm} title="Build all files anew?" verb="Build anew" danger=${false} action=${building} onClose=${() => setAsking(false)}>
      <${Estimate} dataset=${dataset} /><//>`}
  </section>`;
}

function Estimate({ dataset }) {
  const { data } = useResource((signal) => knowledge.datasets.reindexCost(dataset.id, signal), [dataset.id]);
  return html`<p>${data ? `${count(data.files, "file")} with ${count(data.chunks, "passage")}: ${minutes(data.estimatedMinutes)}.` : "…"} Nothing is missing from searches meanwhile.</p>`;
}

function Danger({ dataset }) {
  const [asking, setAsking] = useState(false);
  const deleting = useAction(async () => {
    await knowledge.datasets.remove(dataset.id);
    say(html`Dataset <b dir="auto">${dataset.name}</b> is deleted.`);
    setAsking(false);
    go("#/datasets");
  });
  return html`<section class="panel padded stack"><h2>Delete the dataset</h2>
    <p class="soft small">With all its files and passages. Nothing of it is found from that moment on.</p>
    <div><${Button} icon="trash" onClick=${() => setAsking(true)}>Delete …<//></div>
    ${asking && html`<${Confirm} title="Delete this dataset?" verb="Delete for good" word=${dataset.name} action=${deleting} onClose=${() => setAsking(false)}>
      <p><b dir="auto">${dataset.name}</b> with ${count(dataset.totalFiles, "file")} and ${count(dataset.totalChunks, "passage")}. This cannot be undone.</p><//>`}
  </section>`;
}
