// Rows of a list that may be long: drawn a hundred at a time, and those that are drawn are left alone when more come.
import { html, useMemo, useState } from "../html.js";
import { number } from "../format.js";
import { Button } from "./controls.js";

const AT_ONCE = 100;

// draw(item) → a row with a key. `paged`: the list itself is loaded page by page, so that all of it is drawn; else the
// last row asks whether to go on. `deps`: what else rows depend on.
export function Rows({ items, draw, paged = false, deps = [], columns = 20 }) {
  const [most, setMost] = useState(AT_ONCE);
  const shown = paged ? items.length : Math.min(most, items.length);
  const parts = Array.from({ length: Math.ceil(shown / AT_ONCE) }, (_, index) => items.slice(index * AT_ONCE, Math.min(shown, (index + 1) * AT_ONCE)));
  return html`${parts.map((part, index) => html`<${Part} key=${index} items=${part} draw=${draw} deps=${deps} />`)}
    ${shown < items.length && html`<tr class="more-rows"><td colspan=${columns}><${Button} size="small" onClick=${() => setMost(most + AT_ONCE)}>Show more<//>
      <span class="soft small numeric">${number(shown)} of ${number(items.length)}</span></td></tr>`}`;
}

// The same rows are drawn to the same nodes, which are not looked at again.
const Part = ({ items, draw, deps }) => useMemo(() => items.map(draw), [items.length, items[0], items.at(-1), ...deps]);
