// Short messages about what has just been done.
import { html, useEffect, useState } from "../html.js";
import { Button } from "./controls.js";
import { Icon } from "./icon.js";

const SHOWN_MS = 6000;
const listeners = new Set();
let last = 0;

export function say(text, { tone = "good", action = null } = {}) {
  last += 1;
  for (const listener of listeners) listener({ id: last, text, tone, action });
}

export function Toasts() {
  const [toasts, setToasts] = useState([]);
  const drop = (id) => setToasts((before) => before.filter((toast) => toast.id !== id));
  useEffect(() => {
    const add = (toast) => {
      setToasts((before) => [...before.slice(-3), toast]);
      if (toast.tone === "good") setTimeout(() => drop(toast.id), SHOWN_MS);
    };
    listeners.add(add);
    return () => listeners.delete(add);
  }, []);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.map(({ id, text, tone, action }) => html`<div class=${`toast ${tone}`} key=${id}>
      <${Icon} name=${tone === "good" ? "check" : "alert"} /><div class="grow">${text}</div>
      ${action && html`<${Button} size="small" onClick=${() => { action.run(); drop(id); }}>${action.label}<//>`}
      <${Button} kind="quiet" size="small" icon="close" label="Dismiss" onClick=${() => drop(id)} />
    </div>`)}
  </div>`;
}
