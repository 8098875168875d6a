// Where cited passages stand: each citation is asked for once, and leads to its document at the place.
import { html, useEffect, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { Icon } from "../../parts/icon.js";
import { href } from "../../router.js";
import { session } from "../../session.js";

const MOST = 500;
const found = new Map();
// What one person may read is not another's.
session.subscribe((_, why) => why !== "renewed" && found.clear());

function resolve(key) {
  if (!found.has(key)) {
    if (found.size >= MOST) found.clear();
    const asked = knowledge.citation(key).catch((error) => {
      if (error.mayPass) found.delete(key);
      return null;
    });
    found.set(key, asked);
  }
  return found.get(key);
}

// By key: the passage, null where it is not there for the caller, undefined while it is asked for.
export function useCitations(keys) {
  const [known, setKnown] = useState({});
  useEffect(() => {
    let isOver = false;
    for (const key of keys) resolve(key).then((target) => !isOver && setKnown((before) => ({ ...before, [key]: target })));
    return () => {
      isOver = true;
    };
  }, [keys.join(" ")]);
  return known;
}

const NOT_THERE = "This passage is not there any more, or not for you";

export const placeOf = ({ datasetId, fileId, chunkId }) => href(["datasets", datasetId, "file", fileId], { chunk: chunkId });

export const nameOf = ({ fileName }) => fileName.slice(fileName.lastIndexOf("/") + 1);

export const Mark = ({ number, target }) => (target
  ? html`<a class="cite" href=${placeOf(target)} title=${nameOf(target)} aria-label=${`Source ${number}: ${nameOf(target)}`}>${number}</a>`
  : html`<span class="cite soft" title=${target === null ? NOT_THERE : null}>${number}</span>`);

export const FileChip = ({ target }) => target && html`<a class="chip" href=${placeOf(target)}><${Icon} name="file" size=${12} /><span class="clip" dir="auto">${nameOf(target)}${target.pageNumber ? `, page ${target.pageNumber}` : ""}</span></a>`;

export const Sources = ({ keys, known }) => html`<ol class="sources stack">${keys.map((key, index) => html`<li key=${key} class="stack tight">${sourceOf(known[key], index + 1)}</li>`)}</ol>`;

function sourceOf(target, number) {
  if (!target) return html`<p class="small soft"><span class="cite">${number}</span> ${target === null ? `${NOT_THERE}.` : "…"}</p>`;
  const where = [target.pageNumber && `page ${target.pageNumber}`, ...target.headingPath].filter(Boolean).join(" › ");
  return html`<p class="small"><span class="cite">${number}</span> <a class="strong" dir="auto" href=${placeOf(target)}>${nameOf(target)}</a>${where && html` <span class="soft" dir="auto">${where}</span>`}</p>
    ${target.found ? html`<p class="small quote" dir="auto">${target.content}</p>` : html`<p class="small wrong-text">The file says something else by now.</p>`}`;
}
