// A passage as text: paragraphs, and Markdown tables as tables. Nothing in it is taken for markup.
import { html, useMemo } from "../html.js";

const MOST_ROWS = 200;

// spans: { words: [{ start, end }], sentence: { start, end } } in code points of `text`, as the API gives them.
export function Passage({ text, spans = null, marks = [], short = false }) {
  const { ranges, words } = useMemo(() => places(text, spans), [text, spans]);
  const all = [...words, ...marks];
  return html`<div class=${`passage ${short ? "short" : ""}`} dir="auto">${blocks(text).map((block) => (block.rows
    ? html`<div class="scroll" tabindex="0" role="group" aria-label="Table"><table class="grid"><tbody>${block.rows.slice(0, MOST_ROWS).map((cells, index) => html`<tr>${cells.map((cell) => (index === 0
      ? html`<th>${marked(cell, all)}</th>` : html`<td>${marked(cell, all)}</td>`))}</tr>`)}</tbody></table></div>`
    : html`<p>${ranges.length ? pieces(text, ranges, block.start, block.start + block.text.length) : marked(block.text, marks)}</p>`))}</div>`;
}

// From code points to positions in a JavaScript string, and the marked words themselves.
function places(text, spans) {
  if (!spans) return { ranges: [], words: [] };
  const points = [...text];
  const at = new Array(points.length + 1);
  let sum = 0;
  for (let index = 0; index <= points.length; index += 1) {
    at[index] = sum;
    sum += points[index]?.length ?? 0;
  }
  const range = (kind) => ({ start, end }) => ({ kind, start: at[start] ?? text.length, end: at[end] ?? text.length });
  const words = spans.words.map(range("word"));
  return {
    ranges: [...words, ...(spans.sentence ? [range("sentence")(spans.sentence)] : [])],
    words: [...new Set(words.map(({ start, end }) => text.slice(start, end)))].filter(Boolean),
  };
}

// The text between two places, cut where a mark begins or ends.
function pieces(text, ranges, from, to) {
  const cuts = new Set([from, to]);
  for (const { start, end } of ranges) for (const cut of [start, end]) if (cut > from && cut < to) cuts.add(cut);
  const ordered = [...cuts].sort((one, other) => one - other);
  return ordered.slice(0, -1).map((start, index) => {
    const end = ordered[index + 1];
    const over = ranges.filter((range) => range.start <= start && range.end >= end).map(({ kind }) => kind);
    const piece = text.slice(start, end);
    const inner = over.includes("word") ? html`<mark>${piece}</mark>` : piece;
    return over.includes("sentence") ? html`<span class="answers-it">${inner}</span>` : inner;
  });
}

function blocks(text) {
  const found = [];
  let start = 0;
  for (const part of text.split(/(\n{2,})/)) {
    const lines = part.split("\n");
    if (lines.length > 1 && lines.every((line) => /^\s*\|.*\|\s*$/.test(line))) {
      found.push({ rows: lines.filter((line) => !/^[\s|:-]+$/.test(line)).map(cells) });
    } else if (part.trim()) {
      found.push({ text: part, start });
    }
    start += part.length;
  }
  return found;
}

const cells = (line) => line.trim().slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));

// The text with these words in <mark>, whole words only, whatever their case.
export function marked(text, words) {
  if (!words.length) return text;
  const parts = text.split(new RegExp(`(?<![\\p{L}\\p{N}])(${words.map(escaped).join("|")})(?![\\p{L}\\p{N}])`, "giu"));
  return parts.map((part, index) => (index % 2 ? html`<mark>${part}</mark>` : part));
}

const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
