// What stands where data is not: on its way, missing, or not to be had.
import { html } from "../html.js";
import { Button } from "./controls.js";
import { Icon } from "./icon.js";

export const Notice = ({ tone = "info", icon, children, action, ...rest }) => html`
  <div class=${`notice ${tone}`} role=${tone === "bad" ? "alert" : null} ...${rest}>
    <${Icon} name=${icon ?? { bad: "alert", warn: "alert", good: "check" }[tone] ?? "info"} />
    <div class="grow stack tight">${children}</div>${action}
  </div>`;

export function Failure({ error, retry, what = "This could not be loaded." }) {
  if (!error) return null;
  return html`<${Notice} tone="bad" action=${retry && html`<${Button} size="small" icon="refresh" onClick=${retry}>Try again<//>`}>
    <p class="strong">${what}</p>
    <p>${error.message}</p>
    ${error.requestId && html`<p class="tiny soft">Request <span class="mono">${error.requestId}</span></p>`}
  <//>`;
}

export const Empty = ({ icon = "dataset", title, children, action }) => html`
  <div class="empty"><${Icon} name=${icon} size=${34} /><h2>${title}</h2>${children && html`<p>${children}</p>`}${action}</div>`;

// Bars of the size of what is coming.
export const Bones = ({ rows = 4, height = 18 }) => html`
  <div class="stack" role="status"><span class="only-read">Loading …</span>
    ${Array.from({ length: rows }, (_, index) => html`<span class="bone" key=${index}
      style=${{ height: `${height}px`, width: `${100 - ((index * 17) % 45)}%` }}></span>`)}
  </div>`;

// A resource in one of its four states; `children(data)` draws the last one.
export function Loaded({ from, what, rows, children }) {
  const { data, error, loading, refresh } = from;
  if (data === null) return error ? html`<${Failure} error=${error} retry=${refresh} what=${what} />` : loading && html`<${Bones} rows=${rows} />`;
  return html`${error && html`<${Notice} tone="warn" action=${html`<${Button} size="small" icon="refresh" onClick=${refresh}>Refresh<//>`}>
      <p>What you see may be out of date: ${error.message}</p><//>`}${children(data)}`;
}
