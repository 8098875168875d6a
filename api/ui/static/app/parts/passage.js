// A passage as text: paragraphs, and Markdown tables as tables. Nothing in it is taken for markup.
import { html } from "../html.js";

const MOST_ROWS = 200;

export const Passage = ({ text, marks = [], short = false }) => html`
  <div class=${`passage ${short ? "short" : ""}`} dir="auto">${blocks(text).map((block) => (block.rows
    ? html`<div class="scroll"><table class="grid"><tbody>${block.rows.slice(0, MOST_ROWS).map((cells, index) => html`<tr>${cells.map((cell) => (index === 0
      ? html`<th>${marked(cell, marks)}</th>` : html`<td>${marked(cell, marks)}</td>`))}</tr>`)}</tbody></table></div>`
    : html`<p>${marked(block.text, marks)}</p>`))}</div>`;

function blocks(text) {
  const found = [];
  for (const part of text.split(/\n{2,}/)) {
    const lines = part.split("\n");
    if (lines.length > 1 && lines.every((line) => /^\s*\|.*\|\s*$/.test(line))) {
      found.push({ rows: lines.filter((line) => !/^[\s|:-]+$/.test(line)).map(cells) });
    } else {
      found.push({ text: part });
    }
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
