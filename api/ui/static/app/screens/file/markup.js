// Where words stand in the source of a page, so that they can be marked before a frame without scripts shows it. It need
// not read HTML as a browser does: what it makes is shown where nothing of it can run.
const PART = /<!--[\s\S]*?(?:-->|$)|<(script|style|template|title|noscript)\b[\s\S]*?(?:<\/\1\s*>|$)|<\/?[a-z!?][^>]*(?:>|$)|&(?:#\d+|#x[\da-f]+|[a-z]\w*);?|[^<&]+|[<&]/gi;
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", shy: "" };

export const MARK_ID = "cairn-marked-passage";

// The source with the passage in <mark>, and the source as it is where the passage is not in it. `find(text)` gives
// [start, end] or null.
export function markPage(source, find) {
  const runs = [];
  let text = "";
  for (const { 0: part, index } of source.matchAll(PART)) {
    if (part[0] === "<" && part.length > 1) {
      text += " ";
    } else {
      const shown = part[0] === "&" && part.length > 1 ? decoded(part) : part;
      runs.push({ at: text.length, length: shown.length, from: index, to: index + part.length, isWhole: shown !== part });
      text += shown;
    }
  }
  const found = find(text);
  if (!found) return source;
  const pieces = runs.filter((run) => run.at < found[1] && run.at + run.length > found[0]).map((run) => (run.isWhole ? [run.from, run.to]
    : [run.from + Math.max(0, found[0] - run.at), run.from + Math.min(run.length, found[1] - run.at)])).filter(([from, to]) => source.slice(from, to).trim());
  let marked = "";
  let done = 0;
  pieces.forEach(([from, to], index) => {
    marked += `${source.slice(done, from)}<mark${index === 0 ? ` id="${MARK_ID}"` : ""}>${source.slice(from, to)}</mark>`;
    done = to;
  });
  return marked + source.slice(done);
}

function decoded(entity) {
  const name = entity.replace(/^&|;$/g, "");
  const code = name[0] === "#" ? Number(/^#x/i.test(name) ? `0${name.slice(1)}` : name.slice(1)) : null;
  if (code === null) return NAMED[name.toLowerCase()] ?? " ";
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : " ";
}
