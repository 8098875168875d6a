// A button that opens a list of commands; arrow keys, Home, End and Escape work as in the ARIA practices.
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "../html.js";
import { Button } from "./controls.js";
import { Icon } from "./icon.js";

const STEP = { ArrowDown: 1, ArrowUp: -1 };

// items: [{ label, icon, run, danger, href }]; falsy ones are left out.
export function Menu({ label, items, icon = "more", size = "small" }) {
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState(null);
  const box = useRef(null);
  const id = useId();
  const shown = items.filter(Boolean);

  useLayoutEffect(() => {
    if (!open) {
      setPlace(null);
      return;
    }
    setPlace(beside(box.current.getBoundingClientRect(), box.current.querySelector("ul")));
  }, [open]);
  // Only once it is in its place and can be seen: what is hidden takes no focus.
  useLayoutEffect(() => {
    if (place) box.current.querySelector("[role=menuitem]").focus({ preventScroll: true });
  }, [place]);
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event) => !box.current?.contains(event.target) && setOpen(false);
    const away = () => setOpen(false); // it would stay where it is while its button moves
    const { left, top } = box.current.getBoundingClientRect();
    const scrolled = () => {
      const now = box.current.getBoundingClientRect(); // a scroll that was under way as the button was pressed moves nothing
      if (Math.abs(now.left - left) + Math.abs(now.top - top) > 1) away();
    };
    addEventListener("pointerdown", outside);
    addEventListener("scroll", scrolled, { passive: true, capture: true });
    addEventListener("resize", away);
    return () => {
      removeEventListener("pointerdown", outside);
      removeEventListener("scroll", scrolled, { capture: true });
      removeEventListener("resize", away);
    };
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
    ${open && html`<ul role="menu" id=${id} aria-label=${label} style=${place ?? { visibility: "hidden" }}>
      ${shown.map((item) => html`<li role="none" key=${item.label}>${item.href
        ? html`<a role="menuitem" tabindex="-1" href=${item.href} onClick=${() => setOpen(false)}><${Icon} name=${item.icon} />${item.label}</a>`
        : html`<button type="button" role="menuitem" tabindex="-1" class=${item.danger ? "danger" : ""}
            onClick=${() => pick(item)}><${Icon} name=${item.icon} />${item.label}</button>`}</li>`)}
    </ul>`}
  </div>`;
}

// Fixed on the screen, so that no list with an edge cuts it off: below the button, above it where there is no room.
function beside(button, list) {
  const top = button.bottom + list.offsetHeight + 8 > innerHeight ? button.top - list.offsetHeight - 4 : button.bottom + 4;
  const left = Math.min(Math.max(8, button.right - list.offsetWidth), innerWidth - list.offsetWidth - 8);
  return { top: `${Math.max(8, top)}px`, left: `${left}px` };
}
