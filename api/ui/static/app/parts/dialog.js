// Dialogs over the browser's own <dialog>, which keeps the focus in, makes the rest inert and closes on Escape.
import { html, useEffect, useId, useRef, useState } from "../html.js";
import { Button } from "./controls.js";
import { Notice } from "./states.js";

export function Dialog({ title, lead, onClose, wide = false, busy = false, foot, onSubmit, children }) {
  const box = useRef(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    box.current.showModal();
    return () => before instanceof HTMLElement && before.isConnected && before.focus();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    if (!busy) onClose();
  };
  const submit = (event) => {
    event.preventDefault();
    if (!busy) onSubmit?.();
  };
  return html`<dialog ref=${box} class=${wide ? "wide" : ""} aria-labelledby=${id} onCancel=${cancel}>
    <form class="dialog" onSubmit=${submit} novalidate>
      <div class="dialog-head">
        <div class="stack tight"><h2 id=${id}>${title}</h2>${lead && html`<p class="soft small">${lead}</p>`}</div>
        <${Button} kind="quiet" size="small" icon="close" label="Close" onClick=${onClose} disabled=${busy} />
      </div>
      <div class="dialog-body">${children}</div>
      ${foot && html`<div class="dialog-foot">${foot}</div>`}
    </form>
  </dialog>`;
}

// Asks before what cannot be undone. `word`: what has to be typed first.
export function Confirm({ title, children, verb, word = null, action, onClose, danger = true }) {
  const [typed, setTyped] = useState("");
  const ready = word === null || typed.trim() === word.trim();
  const id = useId();
  return html`<${Dialog} title=${title} onClose=${onClose} busy=${action.busy} onSubmit=${() => ready && action.run()}
    foot=${html`<${Button} onClick=${onClose} disabled=${action.busy}>Cancel<//>
      <${Button} type="submit" kind=${danger ? "danger" : "primary"} busy=${action.busy} disabled=${!ready}>${verb}<//>`}>
    ${action.error && html`<${Notice} tone="bad"><p>${action.error.message}</p><//>`}
    <div class="stack">${children}</div>
    ${word !== null && html`<div class="field"><label for=${id}>Type <bdi class="mono">${word}</bdi> to confirm</label>
      <input class="input" id=${id} value=${typed} autocomplete="off" onInput=${(event) => setTyped(event.target.value)} /></div>`}
  <//>`;
}
