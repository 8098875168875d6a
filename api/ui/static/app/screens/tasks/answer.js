// What a task has brought: its text with a number for each citation, and the cited passages beside it.
import { html, useMemo } from "../../html.js";
import { Icon } from "../../parts/icon.js";
import { Passage } from "../../parts/passage.js";
import { Mark, Sources, useCitations } from "./citations.js";

const PIECE = /\s?\[cite:[\w-]+\]|\s?\[unsupported(?::[\w-]+)?\]|\*\*[^*\n]+\*\*/g;
const CITED = /\[cite:([\w-]+)\]/g;

export const citedIn = (text) => [...new Set([...text.matchAll(CITED)].map(([, key]) => key))];

// `level`: of the headings within. Nothing in the text is taken for markup but Markdown's headings, lists, tables and bold.
export function Answer({ text, level = 3, name = "Sources" }) {
  const keys = useMemo(() => citedIn(text), [text]);
  const known = useCitations(keys);
  const unsupported = (text.match(/\[unsupported/g) ?? []).length;
  return html`<div class=${`answer ${keys.length ? "two" : ""}`}>
    <div class="stack"><${AnswerText} text=${text} keys=${keys} known=${known} level=${level} />
      ${unsupported > 0 && html`<p class="small row"><${Icon} name="alert" size=${13} />Where it says “unsupported”, no passage says so.</p>`}</div>
    ${keys.length > 0 && html`<aside class="stack" aria-label=${name}><${Heading} level=${level}>Sources<//><${Sources} keys=${keys} known=${known} /></aside>`}</div>`;
}

export function AnswerText({ text, keys, known, level = 3 }) {
  const parts = useMemo(() => blocks(text), [text]);
  const inline = (line) => pieces(line, keys, known);
  return html`<div class="answer-text stack" dir="auto">${parts.map((part, index) => {
    if (part.kind === "heading") return html`<${Heading} key=${index} level=${level}>${inline(part.text)}<//>`;
    if (part.kind === "list") return html`<ul key=${index}>${part.lines.map((line) => html`<li dir="auto">${inline(line)}</li>`)}</ul>`;
    if (part.kind === "table") return html`<${Passage} key=${index} text=${part.lines.join("\n")} />`;
    return html`<p key=${index} dir="auto">${inline(part.text)}</p>`;
  })}</div>`;
}

const Heading = ({ level, children }) => html`<${`h${Math.min(level, 6)}`}>${children}<//>`;

function blocks(text) {
  const found = [];
  const put = (kind, line) => (found.at(-1)?.kind === kind ? found.at(-1).lines.push(line) : found.push({ kind, lines: [line] }));
  for (const line of text.split("\n")) {
    const [, hashes, title] = /^(#{1,6})\s+(.*)$/.exec(line) ?? [];
    const [, item] = /^\s*(?:[-*]|\d+[.)])\s+(.*)$/.exec(line) ?? [];
    if (hashes) found.push({ kind: "heading", text: title });
    else if (item !== undefined) put("list", item);
    else if (/^\s*\|.*\|\s*$/.test(line)) put("table", line);
    else if (line.trim()) found.push({ kind: "text", text: line });
    else if (found.length) found.push({ kind: "gap", text: "" });
  }
  return found.filter(({ kind }) => kind !== "gap");
}

function pieces(line, keys, known) {
  const out = [];
  let done = 0;
  for (const { 0: piece, index } of line.matchAll(PIECE)) {
    out.push(line.slice(done, index));
    done = index + piece.length;
    const [, key] = /\[cite:([\w-]+)\]/.exec(piece) ?? [];
    if (key) out.push(html`<${Mark} number=${keys.indexOf(key) + 1} target=${known[key]} />`);
    else if (piece.startsWith("**")) out.push(html`<b>${piece.slice(2, -2)}</b>`);
    else out.push(html` <span class="badge bad">unsupported</span>`);
  }
  return [...out, line.slice(done)];
}
