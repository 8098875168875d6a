// Changes whose text is in the newest build no more: they wait for a person.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { Button } from "../../parts/controls.js";
import { Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useResource } from "../../resource.js";

export function Conflicts({ file, datasetId, edits, turn, onDone }) {
  const changes = useResource((signal) => knowledge.files.changes(datasetId, file.id, signal), [file.id, file.updatedOn, turn]);
  const waiting = changes.data?.data.filter(({ state }) => state === "conflict") ?? [];
  const drop = async (id) => {
    try {
      await knowledge.files.revert(datasetId, file.id, id);
      say("The change is dropped.");
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
    changes.refresh();
    onDone();
  };
  return waiting.map((change) => html`<${Notice} tone="warn" key=${change.id} action=${edits && html`<${Button} size="small" onClick=${() => drop(change.id)}>Drop the change<//>`}>
    <p class="strong">A change of <bdi>${change.changedBy}</bdi> fits no passage any more</p>
    ${change.originalContent && html`<p class="small" dir="auto">It was: ${change.originalContent.slice(0, 300)}</p>`}${change.content && html`<p class="small" dir="auto">It became: ${change.content.slice(0, 300)}</p>`}<//>`);
}
