// One passage: read, put right, switched off.
import { html, useLayoutEffect, useRef, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { count } from "../../format.js";
import { Badge, Button } from "../../parts/controls.js";
import { Menu } from "../../parts/menu.js";
import { Passage } from "../../parts/passage.js";
import { Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction } from "../../resource.js";

const KINDS = { table: "Table", code: "Code", list: "List", heading: "Heading" };

export function Chunk({ chunk, wanted, edits, onShow, onChanged, file, datasetId }) {
  const box = useRef(null);
  const [editing, setEditing] = useState(false);
  useLayoutEffect(() => {
    if (wanted) box.current.scrollIntoView({ block: "nearest" });
  }, [wanted]);
  const change = async (json, done) => {
    try {
      onChanged(chunk.id, await knowledge.files.changeChunk(datasetId, file.id, chunk.id, json));
      say(done);
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
  };
  const revert = async () => {
    try {
      await knowledge.files.revert(datasetId, file.id, chunk.changeId);
      say("The passage says again what was parsed.");
      onChanged(null);
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
  };
  return html`<li class=${`chunk panel ${wanted ? "wanted" : ""} ${chunk.enabled ? "" : "off"}`} ref=${box} aria-current=${wanted ? "true" : null}>
    <div class="row apart still small soft"><span dir="auto" class="clip grow">${chunk.headingPath.join(" › ") || "No heading"}</span>
      <span class="row still">${chunk.changeId && html`<${Badge} tone="accent">Edited<//>`}${KINDS[chunk.kind] && html`<${Badge}>${KINDS[chunk.kind]}<//>`}${chunk.flags?.includes("reads_like_instructions") && html`<${Badge} tone="warn" title="The text speaks to an assistant">Reads like instructions<//>`}${chunk.nearDuplicateOf && html`<${Badge} title="Another passage of the dataset says nearly the same">Nearly said elsewhere<//>`}${!chunk.enabled && html`<${Badge} tone="warn">Off<//>`}
        <span class="numeric nowrap">${chunk.pageNumber ? `page ${chunk.pageNumber} · ` : ""}${count(chunk.tokenCount, "token")}</span>
        ${onShow && html`<${Button} kind="quiet" size="small" icon="eye" label="Show it in the original" onClick=${() => onShow(chunk)} />`}
        ${edits && html`<${Menu} label=${`Actions for passage ${chunk.position + 1}`} items=${[
          { label: "Edit", icon: "edit", run: () => setEditing(true) },
          chunk.enabled ? { label: "Switch off", icon: "eyeOff", run: () => change({ enabled: false }, "No search finds this passage any more.") } : { label: "Switch on", icon: "eye", run: () => change({ enabled: true }, "Searches find this passage again.") },
          chunk.changeId && { label: "Take the change back", icon: "undo", run: revert },
        ]} />`}</span></div>
    ${editing ? html`<${Editor} chunk=${chunk} file=${file} datasetId=${datasetId} onClose=${() => setEditing(false)} onChanged=${onChanged} />` : html`<${Passage} text=${chunk.content} />`}</li>`;
}

function Editor({ chunk, file, datasetId, onClose, onChanged }) {
  const [text, setText] = useState(chunk.content);
  const saving = useAction(async () => {
    const after = await knowledge.files.changeChunk(datasetId, file.id, chunk.id, { content: text });
    say("Saved. The change is kept when the file is built anew.");
    onChanged(chunk.id, after);
    onClose();
  });
  const submit = (event) => {
    event.preventDefault();
    saving.run();
  };
  return html`<form class="stack" onSubmit=${submit}>${saving.error && html`<${Notice} tone="bad"><p>${saving.error.message}</p><//>`}
    <textarea class="input" rows="8" aria-label=${`Text of passage ${chunk.position + 1}`} dir="auto" value=${text} onInput=${(event) => setText(event.target.value)} autofocus></textarea>
    <div class="row"><${Button} type="submit" kind="primary" size="small" busy=${saving.busy} disabled=${!text.trim() || text === chunk.content}>Save<//><${Button} size="small" onClick=${onClose}>Cancel<//></div></form>`;
}
