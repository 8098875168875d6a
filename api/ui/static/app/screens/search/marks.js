// A person's word on a result. It goes into a set of golden questions of the dataset, which evaluations are held against.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { Button } from "../../parts/controls.js";
import { say } from "../../parts/toast.js";

const SET_NAME = "Marked in searches";
const GRADES = [["relevant", "check", "Answers the question"], ["partly", "question", "Answers it partly"], ["not", "close", "Does not answer it"]];

export function Marks({ hit, query }) {
  const [mark, setMark] = useState(null);
  const [busy, setBusy] = useState(false);
  const judge = async (grade) => {
    setBusy(true);
    try {
      const set = await setOf(hit.datasetId);
      await knowledge.questions.judge(set.id, { query: query.trim(), judgements: [{ chunkId: hit.chunkId, grade }] });
      setMark(grade);
      say(html`Noted in the golden questions <b dir="auto">${set.name}</b>.`);
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
    setBusy(false);
  };
  return html`<div class="row marks" role="group" aria-label="Is this an answer?">${GRADES.map(([grade, icon, label]) => html`
    <${Button} key=${grade} kind=${mark === grade ? "primary" : "quiet"} size="small" icon=${icon} label=${label} disabled=${busy} aria-pressed=${String(mark === grade)} onClick=${() => judge(grade)} />`)}</div>`;
}

const found = new Map();

// The dataset's set, made where it is missing. Two clicks at once ask only once.
function setOf(datasetId) {
  if (!found.has(datasetId)) {
    const asked = find(datasetId);
    found.set(datasetId, asked);
    asked.catch(() => found.delete(datasetId));
  }
  return found.get(datasetId);
}

async function find(datasetId) {
  const there = async () => (await knowledge.questions.sets()).data.find((set) => set.datasetId === datasetId && set.name === SET_NAME);
  const known = await there();
  if (known) return known;
  try {
    return await knowledge.questions.create({ datasetId, name: SET_NAME });
  } catch (error) {
    const made = (error.mayPass || error.status === 409) && (await there()); // its answer was lost, or somebody was quicker
    if (made) return made;
    throw error;
  }
}
