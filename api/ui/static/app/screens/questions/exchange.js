// Questions out and in, in the layout of BEIR.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { count } from "../../format.js";
import { Button, TextField } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction } from "../../resource.js";
import { offer } from "../datasets/download.js";

export function Exchange({ set, writes, onDone }) {
  const [taking, setTaking] = useState(false);
  const give = async () => {
    try {
      const { queriesJsonl, qrelsTsv } = await knowledge.questions.exported(set.id);
      offer(new Blob([queriesJsonl], { type: "application/x-ndjson" }), "queries.jsonl");
      offer(new Blob([qrelsTsv], { type: "text/tab-separated-values" }), "qrels.tsv");
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
  };
  return html`<${Button} icon="download" onClick=${give} disabled=${!set.questions}>Export<//>
    ${writes && html`<${Button} icon="upload" onClick=${() => setTaking(true)}>Import …<//>`}
    ${taking && html`<${Import} set=${set} onClose=${() => setTaking(false)} onDone=${onDone} />`}`;
}

function Import({ set, onClose, onDone }) {
  const [given, setGiven] = useState({ queriesJsonl: "", qrelsTsv: "" });
  const taking = useAction(async () => {
    const { questions, unknownDocuments } = await knowledge.questions.imported(set.id, given);
    say(`${count(questions, "question")} imported${unknownDocuments.length ? `; ${count(unknownDocuments.length, "document")} not in the dataset` : ""}.`);
    onDone();
    onClose();
  });
  return html`<${Dialog} wide title="Import questions" lead="As BEIR has them. A document is named by a file's id or name." onClose=${onClose} busy=${taking.busy} onSubmit=${taking.run}
    foot=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${taking.busy} disabled=${!given.queriesJsonl || !given.qrelsTsv}>Import<//>`}>
    ${taking.error && html`<${Notice} tone="bad"><p>${taking.error.message}</p><//>`}
    <${TextField} label="queries.jsonl" multiline rows="6" class="input mono" value=${given.queriesJsonl} onValue=${(queriesJsonl) => setGiven({ ...given, queriesJsonl })} placeholder='{"_id": "1", "text": "How long is the notice period?"}' />
    <${TextField} label="qrels.tsv" multiline rows="6" class="input mono" value=${given.qrelsTsv} onValue=${(qrelsTsv) => setGiven({ ...given, qrelsTsv })} placeholder=${"query-id\tcorpus-id\tscore"} />
  <//>`;
}
