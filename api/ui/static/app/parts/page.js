// A screen's head: where one is, what it is called, what can be done.
import { html, useEffect } from "../html.js";
import { Icon } from "./icon.js";

export function Page({ title, lead, crumbs = [], actions, narrow = false, name = null, badge = null, children }) {
  useEffect(() => {
    document.title = `${name ?? title} · Cairn`;
  }, [name, title]);
  return html`<div class=${`page ${narrow ? "narrow" : ""}`}>
    <div class="page-head"><div class="stack tight">
      ${crumbs.length > 0 && html`<nav class="crumbs" aria-label="Breadcrumb">
        ${crumbs.map(({ name: text, to }, index) => html`${index > 0 && html`<${Icon} name="back" size=${10} />`}<a class="clip" href=${to}><bdi>${text}</bdi></a>`)}</nav>`}
      <div class="row"><h1><bdi>${title}</bdi></h1>${badge}</div>
      ${lead && html`<p class="lead" dir="auto">${lead}</p>`}</div>
      ${actions && html`<div class="row">${actions}</div>`}
    </div>
    ${children}
  </div>`;
}
