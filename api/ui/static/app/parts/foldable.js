// What stands beside the content where there is room, and is folded above it where there is none.
import { html } from "../html.js";
import { useMedia } from "./table.js";

export function Foldable({ name, children }) {
  const narrow = useMedia("(max-width: 820px)");
  return narrow ? html`<details class="foldable"><summary class="panel">${name}</summary>${children}</details>` : children;
}
