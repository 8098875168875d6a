// Golden questions: sets of them, what answers them, and how well searches do by them.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, useCaller } from "../../caller.js";
import { ago, count } from "../../format.js";
import { Badge, Button, Choice, LinkButton, TextField } from "../../parts/controls.js";
import { Confirm, Dialog } from "../../parts/dialog.js";
import { Page } from "../../parts/page.js";
import { Rows } from "../../parts/rows.js";
import { Empty, Loaded, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";
import { go, href } from "../../router.js";
import { Evaluations } from "./evaluations.js";
import { Exchange } from "./exchange.js";

const GRADES = { relevant: ["good", "answers"], partly: ["warn", "partly"], not: ["", "does not"] };

export function Questions({ id }) {
  const sets = useResource(async (signal) => {
    const [{ data }, { data: datasets }] = await Promise.all([knowledge.questions.sets(signal), knowledge.datasets.list(signal)]);
    return { sets: data, names: new Map(datasets.map((dataset) => [dataset.id, dataset.name])), datasets };
  }, []);
  if (id) {
    return html`<${Loaded} from=${sets} what="The question sets could not be loaded.">${({ sets: all, names }) => {
      const set = all.find((one) => one.id === id);
      return set ? html`<${QuestionSet} set=${set} dataset=${names.get(set.datasetId) ?? "a dataset"} refresh=${sets.refresh} />`
        : html`<${Page} title="Golden questions"><div class="panel"><${Empty} icon="question" title="This set is not here" action=${html`<${LinkButton} href="#/questions">All sets<//>`} /></div><//>`;
    }}<//>`;
  }
  return html`<${Page} title="Golden questions" lead="Questions with known answers. Evaluations hold searches against them, so that a change can be seen to help or not.">
    <${Loaded} from=${sets} what="The question sets could not be loaded.">${(all) => html`<${Sets} ...${all} refresh=${sets.refresh} />`}<//><//>`;
}

function Sets({ sets, names, datasets, refresh }) {
  const writes = may(useCaller(), "write");
  const [making, setMaking] = useState(false);
  const add = writes && datasets.length > 0 && html`<${Button} kind="primary" icon="add" onClick=${() => setMaking(true)}>New set<//>`;
  return html`<div class="stack">
    ${sets.length > 0 && html`<div class="toolbar"><span class="grow"></span>${add}</div>`}
    ${sets.length ? html`<div class="panel scroll"><table class="plain cards"><thead><tr><th>Set</th><th>Dataset</th><th class="end">Questions</th><th class="end">Version</th><th>Changed</th></tr></thead>
      <tbody>${sets.map((set) => html`<tr key=${set.id}><td><a class="strong" dir="auto" href=${href(["questions", set.id])}>${set.name}</a></td><td data-label="Dataset"><bdi>${names.get(set.datasetId) ?? ""}</bdi></td>
        <td class="end numeric" data-label="Questions">${set.questions}</td><td class="end numeric" data-label="Version">${set.version}</td><td class="soft nowrap" data-label="Changed">${ago(set.updatedOn)}</td></tr>`)}</tbody></table></div>`
      : html`<div class="panel"><${Empty} icon="star" title="No golden questions yet" action=${add}>Mark results of a search as right or wrong, and they are collected here. Or import a set.<//></div>`}
    ${making && html`<${NewSet} datasets=${datasets} refresh=${refresh} onClose=${() => setMaking(false)} />`}</div>`;
}

function NewSet({ datasets, refresh, onClose }) {
  const [given, setGiven] = useState({ name: "", datasetId: datasets[0].id });
  const making = useAction(async () => {
    if (!given.name.trim()) throw new Error("Give the set a name.");
    const set = await knowledge.questions.create(given);
    onClose();
    await refresh();
    go(href(["questions", set.id]));
  });
  return html`<${Dialog} title="New set of questions" onClose=${onClose} busy=${making.busy} onSubmit=${making.run}
    foot=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${making.busy}>Create set<//>`}>
    ${making.error && html`<${Notice} tone="bad"><p>${making.error.message}</p><//>`}
    <${TextField} label="Name" value=${given.name} onValue=${(name) => setGiven({ ...given, name })} dir="auto" autofocus maxlength="200" />
    <${Choice} label="Dataset" value=${given.datasetId} options=${datasets.map(({ id, name }) => [id, name])} onValue=${(datasetId) => setGiven({ ...given, datasetId })} />
  <//>`;
}

function QuestionSet({ set, dataset, refresh }) {
  const caller = useCaller();
  const writes = may(caller, "write");
  const [deleting, setDeleting] = useState(false);
  const list = useResource((signal) => knowledge.questions.list(set.id, signal), [set.id, set.version]);
  const changed = () => {
    list.refresh();
    refresh();
  };
  const removing = useAction(async () => {
    await knowledge.questions.remove(set.id);
    say("The set is deleted.");
    go("#/questions");
    refresh();
  });
  return html`<${Page} title=${set.name} lead=${html`Of the dataset <bdi>${dataset}</bdi>, version ${set.version}`} crumbs=${[{ name: "Golden questions", to: "#/questions" }]}
      actions=${html`<${Exchange} set=${set} writes=${writes} onDone=${changed} />${may(caller, "manage") && html`<${Button} icon="trash" label="Delete the set" onClick=${() => setDeleting(true)} />`}`}>
    <${Evaluations} set=${set} writes=${writes} manages=${may(caller, "manage")} />
    <section class="stack" aria-label="Questions"><h2>Questions</h2>
      <${Loaded} from=${list} what="The questions could not be loaded.">${({ data }) => (data.length
        ? html`<div class="panel scroll"><table class="plain cards"><thead><tr><th>Question</th><th>Judged</th><th><span class="only-read">Actions</span></th></tr></thead>
            <tbody><${Rows} items=${data} columns=${3} draw=${(question) => html`<${Question} key=${question.id} question=${question} set=${set} writes=${writes} onDone=${changed} />`} /></tbody></table></div>`
        : html`<div class="panel"><${Empty} icon="star" title="No questions yet" action=${html`<${LinkButton} icon="search" href=${href(["search"], { in: set.datasetId })}>Search and mark<//>`}>Mark results of a search, or import a set.<//></div>`)}<//></section>
    ${deleting && html`<${Confirm} title="Delete this set?" verb="Delete" action=${removing} onClose=${() => setDeleting(false)}><p><b dir="auto">${set.name}</b> with ${count(set.questions, "question")} and all evaluations. This cannot be undone.</p><//>`}
  <//>`;
}

function Question({ question, set, writes, onDone }) {
  const drop = async () => {
    try {
      await knowledge.questions.drop(set.id, question.id);
      say("Taken out.");
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
    onDone();
  };
  return html`<tr><td dir="auto"><a href=${href(["search"], { q: question.query, in: set.datasetId })}>${question.query}</a></td>
    <td data-label="Judged"><ul class="stack tight">${question.judgements.map(({ fileId, grade, quote }) => html`<li class="row still"><${Badge} tone=${GRADES[grade][0]}>${GRADES[grade][1]}<//>
      <a class="clip small" dir="auto" href=${href(["datasets", set.datasetId, "file", fileId])}>${quote}</a></li>`)}</ul></td>
    <td>${writes && html`<${Button} kind="quiet" size="small" icon="trash" label="Take this question out" onClick=${drop} />`}</td></tr>`;
}
