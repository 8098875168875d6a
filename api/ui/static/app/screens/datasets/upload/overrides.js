// Settings for these files only, where they differ from the dataset's.
import { html, useState } from "../../../html.js";
import { Check } from "../../../parts/controls.js";
import { ChunkFields } from "../chunking.js";

const FIELDS = ["chunkSize", "chunkOverlap", "parseType", "parserEngine", "onlyMainContent"];

export function Overrides({ dataset, value, onValue }) {
  const [own, setOwn] = useState(false);
  const merged = { ...dataset, ...value };
  const change = (part) => {
    const [[name, given]] = Object.entries(part);
    if (FIELDS.includes(name)) onValue({ ...value, [name]: given });
  };
  const toggle = (on) => {
    setOwn(on);
    onValue({});
  };
  return html`<div class="stack">
    <${Check} checked=${own} onValue=${toggle}>Cut these files differently from the rest of the dataset<//>
    ${own && html`<${ChunkFields} value=${merged} onValue=${change} />`}
  </div>`;
}
