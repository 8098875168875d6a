// Text recognition for pages without text and for pictures, and what it takes.
import { html } from "../../html.js";
import { count } from "../../format.js";
import { Check, TextField } from "../../parts/controls.js";
import { minutes } from "./minutes.js";

const PAGES = 100;
const MOST_PAGES = 2000;
const PAGE_SECONDS = 20; // of one processor (ADR 0022)

export const pagesAreRight = ({ enabled, maxPages }) => !enabled || (Number.isInteger(maxPages) && maxPages >= 1 && maxPages <= MOST_PAGES);

export function RecognitionFields({ value, onValue, error = null }) {
  const { enabled, maxPages } = value;
  const set = (text) => onValue({ enabled, maxPages: /^\d+$/.test(text.trim()) ? Number(text) : text });
  return html`<div class="form">
    <${Check} checked=${enabled} onValue=${(on) => onValue(on ? { enabled: true, maxPages: maxPages ?? PAGES } : { enabled: false, maxPages: null })}
      hint=${`Scans and pictures are refused without it. A page takes about ${PAGE_SECONDS} seconds of a processor, and up to 2 GB of memory while it lasts. Latin script, Chinese and Japanese.`}>Read pages without text by text recognition<//>
    ${enabled && html`<${TextField} label="Pages of one file at most" inputmode="numeric" value=${String(maxPages)} onValue=${set}
      hint=${pagesAreRight(value) ? `A file takes ${minutes((maxPages * PAGE_SECONDS) / 60)} at most. What is left over is named in its report.` : null}
      wrong=${pagesAreRight(value) ? error?.of?.("ocr.maxPages") : `From 1 to ${MOST_PAGES} pages.`} />`}
  </div>`;
}

// What recognition adds to building the files of a dataset anew. `cost`: as the server estimates it.
export function RecognitionCost({ cost: { scannedPages, unreadScans } }) {
  if (!scannedPages && !unreadScans) return html`<p>No page here is known to be without text: text recognition has nothing to read yet.</p>`;
  return html`<p>Text recognition reads ${[
    scannedPages > 0 && `${count(scannedPages, "page")}, ${minutes((scannedPages * PAGE_SECONDS) / 60)} of a processor`,
    unreadScans > 0 && `all pages of ${count(unreadScans, "file")} that could not be read without it`,
  ].filter(Boolean).join(", and ")}.</p>`;
}
