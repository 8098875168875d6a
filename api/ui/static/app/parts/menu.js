// A button that opens a list of commands; arrow keys, Home, End and Escape work as in the ARIA practices.
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "../html.js";
import { Button } from "./controls.js";
import { Icon } from "./icon.js";

const STEP = { ArrowDown: 1, ArrowUp: -1 };

// items: [{ label, icon, run, danger, href }]; falsy ones are left out.
export function Menu({ label, items, icon = "more", size = "small" }) {
  const [open, setOpen] = useState(false);
  const [above, setAbove] = useState(false);
  const box = useRef(null);
  const id = useId();
  const shown = items.filter(Boolean);

  useLayoutEffect(() => {
    if (!open) return;
    const list = box.current.querySelector("ul");
    setAbove(box.current.getBoundingClientRect().bottom + list.offsetHeight + 8 > innerHeight);
    list.querySelector("[role=menuitem]")?.focus({ preventScroll: true });
  }, [open]);
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event) => !box.current?.contains(event.target) && setOpen(false);
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);

  const close = () => {
    setOpen(false);
    box.current.querySelector("button").focus();
  };
  const keys = (event) => {
    if (!open) return;
    const all = [...box.current.querySelectorAll("[role=menuitem]")];
    const at = all.indexOf(document.activeElement);
    if (event.key in STEP) all[(at + STEP[event.key] + all.length) % all.length].focus();
    else if (event.key === "Home") all[0].focus();
    else if (event.key === "End") all.at(-1).focus();
    else if (event.key === "Escape") close();
    else if (event.key === "Tab") return setOpen(false);
    else return undefined;
    event.preventDefault();
    event.stopPropagation();
    return undefined;
  };
  const pick = (item) => {
    close();
    item.run?.();
  };
  if (!shown.length) return null;
  return html`<div class="menu" ref=${box} onKeyDown=${keys}>
    <${Button} kind="quiet" size=${size} icon=${icon} label=${label} aria-haspopup="menu" aria-expanded=${String(open)}
      aria-controls=${open ? id : null} onClick=${() => setOpen(!open)} />
    ${open && html`<ul role="menu" id=${id} aria-label=${label} class=${above ? "above" : ""}>
      ${shown.map((item) => html`<li role="none" key=${item.label}>${item.href
        ? html`<a role="menuitem" tabindex="-1" href=${item.href} onClick=${() => setOpen(false)}><${Icon} name=${item.icon} />${item.label}</a>`
        : html`<button type="button" role="menuitem" tabindex="-1" class=${item.danger ? "danger" : ""}
            onClick=${() => pick(item)}><${Icon} name=${item.icon} />${item.label}</button>`}</li>`)}
    </ul>`}
  </div>`;
}
