// Buttons, fields and other small things that every screen uses.
import { html, useId } from "../html.js";
import { Icon } from "./icon.js";

export function Button({ kind = "", size = "", icon, busy = false, disabled = false, label, children, class: extra = "", type = "button", ...rest }) {
  const bare = label !== undefined && !children;
  return html`<button type=${type} class=${`button ${kind} ${size} ${bare ? "icon" : ""} ${extra}`} disabled=${disabled}
      aria-disabled=${busy ? "true" : null} aria-busy=${busy ? "true" : null} aria-label=${label} title=${bare ? label : null}
      ...${rest}>
    ${busy ? html`<span class="spinner"></span>` : icon && html`<${Icon} name=${icon} />`}${children}
  </button>`;
}

export const LinkButton = ({ kind = "", size = "", icon, children, ...rest }) =>
  html`<a class=${`button ${kind} ${size}`} ...${rest}>${icon && html`<${Icon} name=${icon} />`}${children}</a>`;

export function Field({ label, hint, wrong, children }) {
  const id = useId();
  const told = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ") || null;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${children({ id, "aria-describedby": told, "aria-invalid": wrong ? "true" : null })}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${wrong && html`<p class="wrong" id=${`${id}-wrong`}>${wrong}</p>`}
  </div>`;
}

export const TextField = ({ label, hint, wrong, value, onValue, multiline = false, ...rest }) => html`
  <${Field} label=${label} hint=${hint} wrong=${wrong}>
    ${(given) => multiline
      ? html`<textarea class="input" value=${value} onInput=${(event) => onValue(event.target.value)} ...${given} ...${rest} />`
      : html`<input class="input" value=${value} onInput=${(event) => onValue(event.target.value)} ...${given} ...${rest} />`}
  <//>`;

export const Choice = ({ label, hint, wrong, value, onValue, options, ...rest }) => html`
  <${Field} label=${label} hint=${hint} wrong=${wrong}>
    ${(given) => html`<select class="input" value=${value} onChange=${(event) => onValue(event.target.value)} ...${given} ...${rest}>
      ${options.map(([key, name]) => html`<option value=${key} selected=${key === value}>${name}</option>`)}
    </select>`}
  <//>`;

export const Check = ({ checked, onValue, children, hint, ...rest }) => html`
  <label class="check"><input type="checkbox" checked=${checked} onChange=${(event) => onValue(event.target.checked)} ...${rest} />
    <span>${children}${hint && html`<br /><span class="tiny soft">${hint}</span>`}</span></label>`;

export function Slider({ label, value, onValue, min = 0, max = 1, step = 0.05, ends, hint, disabled = false }) {
  const id = useId();
  const take = (event) => {
    const given = Number(event.target.value);
    if (event.target.value !== "" && Number.isFinite(given)) onValue(Math.min(max, Math.max(min, given)));
  };
  return html`<div class="slider">
    <div class="head"><label for=${id}>${label}</label>
      <input class="input value" type="number" aria-label=${`${label}, as a number`} min=${min} max=${max} step=${step}
        value=${value} onChange=${take} disabled=${disabled} /></div>
    <input id=${id} type="range" min=${min} max=${max} step=${step} value=${value} onInput=${take} disabled=${disabled}
      aria-describedby=${hint ? `${id}-hint` : null} />
    ${ends && html`<div class="ends" aria-hidden="true"><span>${ends[0]}</span><span>${ends[1]}</span></div>`}
    ${hint && html`<p class="tiny soft" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

export const Segments = ({ label, value, onValue, options }) => html`
  <div class="segments" role="group" aria-label=${label}>
    ${options.map(([key, name]) => html`<button type="button" key=${key} aria-pressed=${String(key === value)}
      onClick=${() => onValue(key)}>${name}</button>`)}
  </div>`;

export const Badge = ({ tone = "", busy = false, children, ...rest }) =>
  html`<span class=${`badge ${tone}`} ...${rest}>${busy && html`<span class="spinner"></span>`}${children}</span>`;

export const SearchBox = ({ label, value, onValue, ...rest }) => html`
  <div class="search-box"><${Icon} name="search" />
    <input class="input" type="search" aria-label=${label} placeholder=${label} value=${value}
      onInput=${(event) => onValue(event.target.value)} ...${rest} /></div>`;

export const Progress = ({ value, label }) =>
  html`<progress max="100" value=${value ?? undefined} aria-label=${label} class=${value >= 100 ? "done" : ""}></progress>`;
