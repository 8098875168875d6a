// What stands for {{name}} in the text of a recurring task.
import { html, useState } from "../../html.js";
import * as work from "../../api/work.js";
import { Button, TextField } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Notice } from "../../parts/states.js";
import { useAction } from "../../resource.js";

const NAMED = /\{\{\s*([A-Za-z][A-Za-z0-9_-]{0,63})\s*\}\}/g;

export const namesIn = (text) => [...new Set([...text.matchAll(NAMED)].map(([, name]) => name))];

export const ValueFields = ({ variables, values, onValues }) => variables.map(({ key, label }) => html`<${TextField} key=${key} label=${label} value=${String(values[key] ?? "")} onValue=${(value) => onValues({ ...values, [key]: value })} maxlength="5000" dir="auto" />`);

export function Values({ task, onClose, onDone }) {
  const [values, setValues] = useState(task.variableValues);
  const saving = useAction(async () => {
    await work.recurring.change(task.id, { variableValues: values });
    onClose();
    onDone();
  });
  return html`<${Dialog} title="Values" lead=${task.inputPrompt} onClose=${onClose} busy=${saving.busy} onSubmit=${saving.run}
    foot=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${saving.busy}>Save<//>`}>
    ${saving.error && html`<${Notice} tone="bad"><p>${saving.error.message}</p><//>`}
    <${ValueFields} variables=${task.variables} values=${values} onValues=${setValues} /><//>`;
}
