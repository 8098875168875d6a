// A file of rows as a table.
import { html, useLayoutEffect, useMemo, useRef } from "../../html.js";
import { number } from "../../format.js";

const MOST_ROWS = 1000;
const MOST_CELLS = 100;

export const isSheet = ({ mimeType, fileName }) => mimeType === "text/csv" || mimeType === "text/tab-separated-values" || /\.(csv|tsv)$/i.test(fileName);

// `place`: the passage whose rows are marked.
export function Sheet({ text, place }) {
  const rows = useMemo(() => readRows(text), [text]);
  const here = useRef(null);
  const wanted = useMemo(() => wordsOf(place?.content ?? ""), [place?.id]);
  useLayoutEffect(() => {
    here.current?.scrollIntoView({ block: "nearest" });
  }, [place?.id, rows]);
  const isHere = (row) => wanted.size > 0 && row.some((cell) => cell.trim()) && row.every((cell) => [...wordsOf(cell)].every((word) => wanted.has(word)));
  let first = true;
  return html`<div class="scroll plain-sheet" tabindex="0" role="region" aria-label="Rows of the original"><table class="sheet"><thead><tr>${rows[0]?.map((cell) => html`<th dir="auto">${cell}</th>`)}</tr></thead>
    <tbody>${rows.slice(1, MOST_ROWS).map((row) => {
      const marked = isHere(row);
      const ref = marked && first ? here : null;
      if (marked) first = false;
      return html`<tr class=${marked ? "here" : ""} ref=${ref}>${row.map((cell) => html`<td dir="auto">${cell}</td>`)}</tr>`;
    })}</tbody></table>${rows.length > MOST_ROWS && html`<p class="padding small soft">The first ${number(MOST_ROWS)} of ${number(rows.length)} rows; download the original for all of it.</p>`}</div>`;
}

const wordsOf = (text) => new Set(text.match(/[\p{L}\p{N}]+/gu) ?? []);

// RFC 4180, with whichever separator the first line has most of.
export function readRows(text) {
  const head = text.slice(0, Math.max(text.indexOf("\n"), 0) || text.length);
  const separator = [",", ";", "\t", "|"].map((sign) => [head.split(sign).length, sign]).sort(([one], [other]) => other - one)[0][1];
  const rows = [[]];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${separator === "|" ? "\\|" : separator}\\r\\n]*))(${separator === "|" ? "\\|" : separator}|\\r?\\n|\\r|$)`, "y");
  while (cell.lastIndex < text.length) {
    const from = cell.lastIndex;
    const found = cell.exec(text);
    if (!found) { // a quote in the middle of a cell: the rest of the line as it stands
      const end = text.indexOf("\n", from);
      rows.at(-1).push(text.slice(from, end < 0 ? undefined : end));
      rows.push([]);
      cell.lastIndex = end < 0 ? text.length : end + 1;
    } else {
      if (rows.at(-1).length < MOST_CELLS) rows.at(-1).push(found[1]?.replaceAll('""', '"') ?? found[2]);
      if (found[3] !== separator) rows.push([]);
    }
  }
  return rows.filter((row) => row.some((value) => value));
}
