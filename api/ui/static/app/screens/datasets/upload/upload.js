// KB3: files and folders into a dataset.
import { html, useEffect, useMemo, useReducer, useRef, useState } from "../../../html.js";
import * as knowledge from "../../../api/knowledge.js";
import { useCaller } from "../../../caller.js";
import { bytes, count, number } from "../../../format.js";
import { Button, Progress } from "../../../parts/controls.js";
import { Dialog } from "../../../parts/dialog.js";
import { Icon } from "../../../parts/icon.js";
import { Notice } from "../../../parts/states.js";
import { say } from "../../../parts/toast.js";
import { fromDrop, fromInput, isClutter } from "./collect.js";
import { Items } from "./items.js";
import { Overrides } from "./overrides.js";
import { UploadQueue } from "./queue.js";

// A whole screen that takes what is dropped on it.
export function DropZone({ enabled, onFiles, children }) {
  const [over, setOver] = useState(false);
  const inside = useRef(0);
  const carries = (event) => enabled && [...(event.dataTransfer?.types ?? [])].includes("Files");
  const enter = (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    inside.current += event.type === "dragenter" ? 1 : 0;
    setOver(true);
  };
  const leave = () => {
    inside.current = Math.max(0, inside.current - 1);
    if (!inside.current) setOver(false);
  };
  const drop = async (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    event.stopPropagation();
    inside.current = 0;
    setOver(false);
    onFiles(await fromDrop(event.dataTransfer));
  };
  return html`<div class=${`drop-zone ${over ? "over" : ""}`} onDragEnter=${enter} onDragOver=${enter} onDragLeave=${leave} onDrop=${drop}>
    ${children}${over && html`<div class="drop-hint" aria-hidden="true"><${Icon} name="upload" size=${28} />Drop to upload</div>`}</div>`;
}

export function Upload({ dataset, initial, onClose, refresh }) {
  const { uploads: limits } = useCaller();
  const [, draw] = useReducer((turn) => turn + 1, 0);
  const [overrides, setOverrides] = useState({});
  const queue = useMemo(() => new UploadQueue({ address: knowledge.files.uploadAddress(dataset.id), limits, changed: draw }), []);
  useEffect(() => queue.add(initial), []);
  useEffect(() => () => queue.stop(), []);
  useWarningBeforeLeaving(queue);

  const totals = queue.totals;
  const running = queue.isRunning;
  const add = (found) => {
    queue.add(found.filter(({ file }) => !isClutter(file.name)));
    if (running) queue.start();
  };
  const start = () => {
    queue.fields = overrides;
    queue.start();
  };
  const close = () => {
    if (totals.taken) say(`${count(totals.taken, "file")} taken in.`);
    onClose();
  };
  useEffect(() => {
    if (totals.taken) refresh();
  }, [Math.ceil(totals.taken / 10), running]);

  const begun = running || totals.taken > 0;
  return html`<${Dialog} wide title="Upload files" lead=${html`To <b dir="auto">${dataset.name}</b>. Each at most ${bytes(limits.maxFileBytes)}.`}
    busy=${running} onClose=${close} onSubmit=${start}
    foot=${running
      ? html`<${Button} icon="stop" onClick=${() => queue.stop()}>Stop<//>`
      : html`<${Button} onClick=${close}>${begun ? "Close" : "Cancel"}<//>
        ${totals.failed > 0 && html`<${Button} icon="refresh" onClick=${() => queue.retry()}>Try ${number(totals.failed)} again<//>`}
        ${totals.waiting > 0 && html`<${Button} type="submit" kind="primary" icon="upload">Upload ${count(totals.waiting, "file")}<//>`}`}>
    <${DropZone} enabled=${true} onFiles=${add}><${Chooser} onFiles=${add} small=${totals.all > 0} /><//>
    ${totals.all > 0 && html`<div class="stack">
      ${begun && html`<${Progress} value=${totals.bytes ? (totals.sent / totals.bytes) * 100 : 100} label="Sent" />`}
      <p class="small" role="status">${summary(totals)}</p>
      ${totals.refused > 0 && html`<${Notice} tone="warn"><p>${count(totals.refused, "file")} cannot be taken; the list says why. The others are not held up.</p><//>`}
      <${Items} items=${queue.items} onRemove=${(item) => queue.remove(item)} />
    </div>`}
    ${!begun && html`<${Overrides} dataset=${dataset} value=${overrides} onValue=${setOverrides} />`}
  <//>`;
}

function summary(totals) {
  const parts = [
    totals.waiting && `${number(totals.waiting)} waiting`, totals.sending && `${number(totals.sending)} on the way`,
    totals.created && `${number(totals.created)} new`, totals.replaced && `${number(totals.replaced)} replaced`,
    totals.identical && `${number(totals.identical)} already there`, totals.refused && `${number(totals.refused)} refused`,
    totals.failed && `${number(totals.failed)} failed`,
  ].filter(Boolean);
  return `${count(totals.all, "file")}, ${bytes(totals.bytes)}: ${parts.join(", ")}`;
}

function Chooser({ onFiles, small }) {
  const files = useRef(null);
  const folder = useRef(null);
  const take = (event) => {
    onFiles(fromInput(event.target));
    event.target.value = "";
  };
  useEffect(() => {
    folder.current.webkitdirectory = true;
  }, []);
  return html`<div class=${`chooser ${small ? "small" : ""}`}>
    ${!small && html`<${Icon} name="upload" size=${26} /><p class="strong">Drop files or folders here</p>`}
    <div class="row"><${Button} icon="file" onClick=${() => files.current.click()}>Choose files<//>
      <${Button} icon="folder" onClick=${() => folder.current.click()}>Choose a folder<//></div>
    <input ref=${files} type="file" multiple hidden data-testid="files" onChange=${take} tabindex="-1" aria-hidden="true" />
    <input ref=${folder} type="file" multiple hidden data-testid="folder" onChange=${take} tabindex="-1" aria-hidden="true" />
  </div>`;
}

function useWarningBeforeLeaving(queue) {
  useEffect(() => {
    const warn = (event) => queue.isRunning && event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, []);
}
