// A list of rows of equal height that draws only those near the window: 5,000 rows cost as much as 50.
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../html.js";
import { Icon } from "./icon.js";

const OVERSCAN = 8;

// columns: [{ key, label, width, render(row, narrow), sort(row), end, wide }]; `wide` ones are left out on narrow screens.
// `selection`: { chosen: Set of keys, onChange(Set) }. `order`: { key, down }, changed through onOrder.
export function Table({ label, columns, rows, rowKey, order, onOrder, selection = null, nameOf = () => "" }) {
  const box = useRef(null);
  const narrow = useMedia("(max-width: 820px)");
  const height = narrow ? 66 : 44;
  const shown = columns.filter((column) => !(narrow && column.wide));
  const grid = { gridTemplateColumns: [selection && "18px", ...shown.map((column) => (narrow && column.narrow) || column.width || "minmax(0, 1fr)")].filter(Boolean).join(" ") };
  const sorted = useMemo(() => sort(rows, columns, order), [rows, order?.key, order?.down]);
  const [from, to] = useWindow(box, sorted.length, height);

  return html`<div class="table panel" role="table" aria-label=${label} aria-rowcount=${sorted.length + 1} aria-colcount=${shown.length + (selection ? 1 : 0)}>
    <div role="rowgroup"><div role="row" class="head" style=${grid} aria-rowindex="1">
      ${selection && html`<${ChooseAll} rows=${sorted} rowKey=${rowKey} selection=${selection} />`}
      ${shown.map((column) => html`<${Heading} key=${column.key} column=${column} order=${order} onOrder=${onOrder} />`)}
    </div></div>
    <div class="lines" role="rowgroup" ref=${box} style=${{ height: `${sorted.length * height}px` }}>
      ${sorted.slice(from, to).map((row, index) => {
        const key = rowKey(row);
        const at = from + index;
        return html`<div role="row" key=${key} aria-rowindex=${at + 2} style=${{ ...grid, top: `${at * height}px` }}
            data-chosen=${selection?.chosen.has(key) ? "" : null}>
          ${selection && html`<div role="cell"><input type="checkbox" aria-label=${`Choose ${nameOf(row)}`}
            checked=${selection.chosen.has(key)} onClick=${(event) => choose(event, sorted, rowKey, at, selection)} /></div>`}
          ${shown.map((column) => html`<div role="cell" key=${column.key} class=${column.end ? "end" : ""}>${column.render(row, narrow)}</div>`)}
        </div>`;
      })}
    </div>
  </div>`;
}

function Heading({ column, order, onOrder }) {
  const current = order?.key === column.key;
  const direction = current ? (order.down ? "descending" : "ascending") : null;
  return html`<div role="columnheader" class=${column.end ? "end" : ""} aria-sort=${direction}>
    ${column.sort
      ? html`<button type="button" onClick=${() => onOrder({ key: column.key, down: current ? !order.down : Boolean(column.downFirst) })}>
          ${column.label}${current && html`<${Icon} name=${order.down ? "arrowDown" : "arrowUp"} size=${12} />`}</button>`
      : column.label || html`<span class="only-read">${column.read}</span>`}
  </div>`;
}

function ChooseAll({ rows, rowKey, selection }) {
  const all = rows.length > 0 && rows.every((row) => selection.chosen.has(rowKey(row)));
  const some = selection.chosen.size > 0;
  const set = (element) => {
    if (element) element.indeterminate = some && !all;
  };
  return html`<div role="columnheader"><input type="checkbox" aria-label="Choose all that are listed" ref=${set} checked=${all}
    onChange=${() => selection.onChange(all ? new Set() : new Set(rows.map(rowKey)))} /></div>`;
}

// A click with Shift takes all from the last one clicked.
let lastChosen = 0;
function choose(event, rows, rowKey, at, { chosen, onChange }) {
  const next = new Set(chosen);
  const [first, last] = event.shiftKey ? [Math.min(lastChosen, at), Math.max(lastChosen, at)] : [at, at];
  for (const row of rows.slice(first, last + 1)) {
    if (event.target.checked) next.add(rowKey(row));
    else next.delete(rowKey(row));
  }
  lastChosen = at;
  onChange(next);
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

function sort(rows, columns, order) {
  const column = columns.find((candidate) => candidate.key === order?.key);
  if (!column?.sort) return rows;
  const sign = order.down ? -1 : 1;
  const keyed = rows.map((row) => [column.sort(row), row]);
  keyed.sort(([one], [other]) =>
    sign * (typeof one === "string" ? collator.compare(one, other) : (one ?? -Infinity) - (other ?? -Infinity)));
  return keyed.map(([, row]) => row);
}

// Which rows are near the window, told anew as the page scrolls.
function useWindow(box, count, height) {
  const [span, setSpan] = useState([0, 40]);
  useLayoutEffect(() => {
    const measure = () => {
      if (!box.current) return;
      const above = -box.current.getBoundingClientRect().top;
      const from = Math.max(0, Math.floor(above / height) - OVERSCAN);
      const to = Math.min(count, Math.ceil((above + innerHeight) / height) + OVERSCAN);
      setSpan((before) => (before[0] === from && before[1] === to ? before : [from, to]));
    };
    measure();
    addEventListener("scroll", measure, { passive: true, capture: true });
    addEventListener("resize", measure);
    return () => {
      removeEventListener("scroll", measure, { capture: true });
      removeEventListener("resize", measure);
    };
  }, [count, height]);
  return span;
}

export function useMedia(query) {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const change = () => setMatches(list.matches);
    list.addEventListener("change", change);
    return () => list.removeEventListener("change", change);
  }, [query]);
  return matches;
}
