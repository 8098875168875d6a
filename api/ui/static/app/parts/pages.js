// The four states of a paged list, and the button for more.
import { html } from "../html.js";
import { Button } from "./controls.js";
import { Bones, Failure } from "./states.js";

export const Paged = ({ from, what, children }) => html`
  ${from.items !== null && children(from.items)}
  ${from.error && html`<${Failure} error=${from.error} retry=${from.refresh} what=${what} />`}
  ${from.items === null && from.busy && html`<${Bones} rows=${6} height=${26} />`}
  ${from.cursor && html`<div><${Button} busy=${from.busy} onClick=${from.more}>Show more<//></div>`}`;
