// The same for many files: a few at a time, with a count, a way to stop, and what could not be done.
import { html, useRef, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { count, number } from "../../format.js";
import { Button, Progress } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";

const AT_ONCE = 4;
const DEEDS = {
  on: { verb: "Switch on", done: "switched on", run: (dataset, id, signal) => knowledge.files.change(dataset, id, { enabled: true }, signal) },
  off: { verb: "Switch off", done: "switched off", run: (dataset, id, signal) => knowledge.files.change(dataset, id, { enabled: false }, signal) },
  anew: { verb: "Build anew", done: "being built anew", run: (dataset, id, signal) => knowledge.files.change(dataset, id, { reIngest: true }, signal) },
  remove: { verb: "Delete", done: "deleted", run: knowledge.files.remove, danger: true },
};

export function BulkBar({ dataset, files, onDone, refresh }) {
  const [deed, setDeed] = useState(null);
  return html`<div class="bulk" role="region" aria-label="Chosen files">
    <span class="strong numeric">${count(files.length, "file")} chosen</span><span class="grow"></span>
    <${Button} size="small" icon="eye" onClick=${() => setDeed("on")}>Switch on<//>
    <${Button} size="small" icon="eyeOff" onClick=${() => setDeed("off")}>Switch off<//>
    <${Button} size="small" icon="refresh" onClick=${() => setDeed("anew")}>Build anew<//>
    <${Button} size="small" icon="trash" onClick=${() => setDeed("remove")}>Delete …<//>
    <${Button} size="small" kind="quiet" icon="close" label="Choose none" onClick=${onDone} />
    ${deed && html`<${Running} deed=${DEEDS[deed]} dataset=${dataset} files=${files} onClose=${(all) => { setDeed(null); if (all) onDone(); else refresh(); }} />`}
  </div>`;
}

function Running({ deed, dataset, files, onClose }) {
  const [todo] = useState(files); // what was chosen when it began
  const [state, setState] = useState({ phase: deed.danger || files.length > 1 ? "asking" : "ready", done: 0, failed: [] });
  const ending = useRef(new AbortController());

  const run = async (list) => {
    ending.current = new AbortController();
    const { signal } = ending.current;
    setState({ phase: "running", done: todo.length - list.length, failed: [] });
    const failed = [];
    const waiting = [...list];
    const work = async () => {
      while (waiting.length && !signal.aborted) {
        const file = waiting.shift();
        try {
          await deed.run(dataset.id, file.id, signal);
        } catch (error) {
          failed.push({ file, error });
          if (signal.aborted) return;
        }
        setState((before) => ({ ...before, done: before.done + 1 }));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const left = [...failed.map(({ file }) => file), ...waiting];
    if (left.length) {
      setState((before) => ({ ...before, phase: signal.aborted ? "stopped" : "failed", failed, left }));
      return;
    }
    say(`${count(todo.length, "file")} ${deed.done}.`);
    onClose(true);
  };

  const { phase, done, failed, left } = state;
  const busy = phase === "running";
  return html`<${Dialog} title=${`${deed.verb}: ${count(todo.length, "file")}`} busy=${busy} onClose=${() => onClose(false)} onSubmit=${() => run(left ?? todo)}
    foot=${busy
      ? html`<${Button} icon="stop" onClick=${() => ending.current.abort()}>Stop<//>`
      : html`<${Button} onClick=${() => onClose(false)}>${left ? "Close" : "Cancel"}<//>
        <${Button} type="submit" kind=${deed.danger ? "danger" : "primary"}>${left ? `Go on with ${number(left.length)}` : deed.verb}<//>`}>
    ${phase === "asking" && html`<p>${deed.danger
      ? "They are not found from this moment on. This cannot be undone."
      : deed === DEEDS.anew ? "They are read and cut anew with the settings of now. Searches find the old versions until then." : "Their passages stay; only whether searches find them changes."}</p>`}
    ${busy && html`<div class="stack"><${Progress} value=${(done / todo.length) * 100} label=${deed.verb} /><p class="numeric soft">${number(done)} of ${number(todo.length)}</p></div>`}
    ${left && html`<${Notice} tone=${failed.length ? "bad" : "warn"}><p>${phase === "stopped" ? "Stopped." : "Not all could be done."} ${number(todo.length - left.length)} of ${number(todo.length)} are ${deed.done}.</p>
      ${failed.slice(0, 5).map(({ file, error }) => html`<p class="small"><b dir="auto">${file.fileName}</b>: ${error.message}</p>`)}<//>`}
  <//>`;
}
