// Which datasets are searched: chips where there are few, a list with a filter where there are many.
import { html, useState } from "../../html.js";
import { count, number } from "../../format.js";
import { Button, Check, SearchBox } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Icon } from "../../parts/icon.js";

const FEW = 8;

export function DatasetPicker({ datasets, value, onValue }) {
  const [open, setOpen] = useState(false);
  if (!datasets.length) return html`<p class="small soft">${value.length ? `In ${count(value.length, "dataset")}` : "This key may search but not list datasets: name them in the address, ?in=…"}</p>`;
  const chosen = new Set(value);
  const toggle = (id) => onValue(chosen.has(id) ? value.filter((other) => other !== id) : [...value, id]);
  const all = datasets.map(({ id }) => id);
  const shown = datasets.length <= FEW ? datasets : datasets.filter(({ id }) => chosen.has(id)).slice(0, FEW);
  return html`<div class="row" role="group" aria-label="Datasets to search">
    <span class="small soft">In</span>
    ${shown.map(({ id, name }) => html`<button type="button" class="chip" key=${id} aria-pressed=${String(chosen.has(id))} onClick=${() => toggle(id)}>
      ${chosen.has(id) && html`<${Icon} name="check" size=${12} />`}<span class="clip" dir="auto">${name}</span></button>`)}
    ${datasets.length > FEW && html`<${Button} size="small" onClick=${() => setOpen(true)}>${value.length > FEW ? `${number(value.length)} of ${number(datasets.length)} …` : "Choose …"}<//>`}
    ${value.length === 0 && html`<span class="small wrong-text">Choose at least one dataset.</span>`}
    ${open && html`<${PickerDialog} datasets=${datasets} chosen=${chosen} toggle=${toggle} onAll=${() => onValue(all)} onNone=${() => onValue([])} onClose=${() => setOpen(false)} />`}
  </div>`;
}

function PickerDialog({ datasets, chosen, toggle, onAll, onNone, onClose }) {
  const [text, setText] = useState("");
  const shown = datasets.filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
  return html`<${Dialog} title="Datasets to search" onClose=${onClose} onSubmit=${onClose}
    foot=${html`<${Button} onClick=${onAll}>All<//><${Button} onClick=${onNone}>None<//><${Button} type="submit" kind="primary">Done<//>`}>
    <div class="toolbar"><${SearchBox} label="Filter by name" value=${text} onValue=${setText} /></div>
    <div class="stack tight">${shown.slice(0, 500).map(({ id, name, totalChunks }) => html`<${Check} key=${id} checked=${chosen.has(id)} onValue=${() => toggle(id)}>
      <bdi>${name}</bdi> <span class="soft tiny">${count(totalChunks, "passage")}</span><//>`)}</div>
  <//>`;
}
