// How a document becomes passages.
import { html } from "../../html.js";
import { Check, Choice, Slider, TextField } from "../../parts/controls.js";

const PARSE_TYPES = [
  ["NAIVE", "By size, along paragraphs and sentences"],
  ["MARKDOWN", "By headings"],
  ["MANUAL", "Only at separators of mine"],
];
const ENGINES = [["NODE_NATIVE", "Built-in"], ["AUTO", "Docling for PDFs where it is set up"], ["DOCLING", "Docling"]];

export function ChunkFields({ value, onValue, error }) {
  return html`<div class="form">
    <${Choice} label="Cut" value=${value.parseType} options=${PARSE_TYPES} onValue=${(parseType) => onValue({ parseType })} wrong=${error?.of?.("parseType")} />
    ${value.parseType === "MANUAL" && html`<${TextField} label="Separators, one a line" multiline value=${value.separators.join("\n")}
      hint="To the letter. None: at lines of ---" onValue=${(text) => onValue({ separators: text.split("\n").filter(Boolean) })} />`}
    <div class="pair">
      <${Slider} label="Passage size, tokens" min=${128} max=${2048} step=${16} value=${value.chunkSize} onValue=${(chunkSize) => onValue({ chunkSize })} ends=${["precise", "more context"]} />
      <${Slider} label="Overlap, tokens" min=${0} max=${512} step=${8} value=${value.chunkOverlap} onValue=${(chunkOverlap) => onValue({ chunkOverlap })} />
    </div>
    ${value.chunkOverlap >= value.chunkSize && html`<p class="wrong">The overlap has to be smaller than the passage.</p>`}
    <${Choice} label="Parser" value=${value.parserEngine} options=${ENGINES} onValue=${(parserEngine) => onValue({ parserEngine })} wrong=${error?.of?.("parserEngine")} />
    ${value.parserEngine === "DOCLING" && html`<p class="soft small">Only where the server has Docling and its models: elsewhere files are refused, and the doctor says what is missing.</p>`}
    <${Check} checked=${value.onlyMainContent} onValue=${(onlyMainContent) => onValue({ onlyMainContent })}
      hint="Without navigation, footers, forms and the like. Off: pages are read whole, with all that they show.">Only the main content of web pages<//>
  </div>`;
}
