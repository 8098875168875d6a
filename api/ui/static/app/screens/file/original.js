// The file as it was uploaded, with the place of a passage marked: pages of a PDF as pictures, text and tables as
// text, HTML in a frame that may do nothing.
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { Button } from "../../parts/controls.js";
import { Bones, Empty, Failure, Notice } from "../../parts/states.js";
import { useResource } from "../../resource.js";
import { MARK_ID, markPage } from "./markup.js";
import { Sheet, isSheet } from "./sheet.js";

const MOST_TEXT = 2_000_000;
// A frame of this kind has the policy of the page round it; a browser that does not know so reads it here.
const POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">';
const TEXT = /^(text\/|application\/(json|x-ndjson|jsonl|xml|x-yaml|rtf)|message\/rfc822)/;

const isPicture = ({ mimeType }) => mimeType.startsWith("image/");

export const isShown = (file) => file.mimeType === "application/pdf" || isPicture(file) || TEXT.test(file.mimeType) || file.mimeType === "application/xhtml+xml";

export function Original({ file, datasetId, place }) {
  if (file.mimeType === "application/pdf") return html`<${Pages} file=${file} datasetId=${datasetId} place=${place} />`;
  if (isPicture(file)) return html`<${Photo} file=${file} datasetId=${datasetId} />`;
  if (isShown(file)) return html`<${TextOriginal} file=${file} datasetId=${datasetId} place=${place} />`;
  return html`<${NotShown} />`;
}

const NotShown = () => html`<div class="panel"><${Empty} icon="file" title="This format cannot be shown here">Download the original to see it. Its passages stand beside this.<//></div>`;

function Pages({ file, datasetId, place }) {
  const [page, setPage] = useState(place?.pageNumber ?? 1);
  useEffect(() => {
    if (place?.pageNumber) setPage(place.pageNumber);
  }, [place?.id]);
  const count = file.pageCount ?? 1;
  const turn = (by) => setPage((now) => Math.min(count, Math.max(1, now + by)));
  const keys = (event) => {
    if (event.key === "PageDown" || event.key === "ArrowRight") turn(1);
    else if (event.key === "PageUp" || event.key === "ArrowLeft") turn(-1);
    else return;
    event.preventDefault();
  };
  return html`<section class="panel original" aria-label="Original" onKeyDown=${keys}>
    <div class="panel-head"><${Button} size="small" icon="back" label="Page before" disabled=${page <= 1} onClick=${() => turn(-1)} />
      <label class="row small">Page <input class="input page-number" type="number" min="1" max=${count} value=${page} onChange=${(event) => setPage(Math.min(count, Math.max(1, Number(event.target.value) || 1)))} /> of ${count}</label>
      <${Button} size="small" class="turned" icon="back" label="Next page" disabled=${page >= count} onClick=${() => turn(1)} /></div>
    <${Picture} key=${`${file.updatedOn} ${page}`} file=${file} datasetId=${datasetId} page=${page} boxes=${(place?.boxes ?? []).filter((box) => box.page === page)} />
  </section>`;
}

function Picture({ file, datasetId, page, boxes }) {
  const picture = useResource(async (signal) => {
    const answer = await knowledge.files.page(datasetId, file.id, page, signal);
    const [width, height] = answer.headers.get("X-Page-Size").split(" ").map(Number);
    return { address: URL.createObjectURL(await answer.blob()), width, height };
  }, [file.id, page]);
  const marked = useRef(null);
  useEffect(() => () => picture.data && URL.revokeObjectURL(picture.data.address), [picture.data]);
  useLayoutEffect(() => {
    marked.current?.scrollIntoView({ block: "nearest" });
  }, [picture.data, boxes.length]);
  if (picture.error) return html`<div class="padding"><${Failure} error=${picture.error} retry=${picture.refresh} what="The page cannot be shown." /></div>`;
  if (!picture.data) return html`<div class="padding"><${Bones} rows=${12} /></div>`;
  const { address, width, height } = picture.data;
  const share = (value, whole) => `${(value / whole) * 100}%`;
  return html`<div class="page-picture" style=${{ aspectRatio: `${width} / ${height}` }}><img src=${address} alt=${`Page ${page}`} />
    ${boxes.map((box, index) => html`<span class="box" key=${index} ref=${index === 0 ? marked : null} style=${{ left: share(box.left, width), top: share(box.top, height), width: share(box.right - box.left, width), height: share(box.bottom - box.top, height) }}></span>`)}</div>`;
}

// In an <img>, where nothing in a picture can run.
function Photo({ file, datasetId }) {
  const picture = useResource(async (signal) => URL.createObjectURL(await knowledge.files.content(datasetId, file.id, signal)), [file.id, file.updatedOn]);
  const [broken, setBroken] = useState(false);
  useEffect(() => () => picture.data && URL.revokeObjectURL(picture.data), [picture.data]);
  if (broken) return html`<${NotShown} />`; // a format that this browser does not know, such as TIFF
  if (picture.error) return html`<${Failure} error=${picture.error} retry=${picture.refresh} what="The original cannot be shown." />`;
  if (!picture.data) return html`<div class="panel padded"><${Bones} rows=${12} /></div>`;
  return html`<section class="panel original" aria-label="Original"><img class="photo" onError=${() => setBroken(true)} src=${picture.data} alt=${`The picture ${file.fileName}`} /></section>`;
}

function TextOriginal({ file, datasetId, place }) {
  const isPage = file.mimeType === "text/html" || file.mimeType === "application/xhtml+xml";
  const text = useResource(async (signal) => (await knowledge.files.content(datasetId, file.id, signal)).slice(0, MOST_TEXT).text(), [file.id, file.updatedOn]);
  const [source, setSource] = useState(false);
  const rows = isSheet(file);
  if (text.error) return html`<${Failure} error=${text.error} retry=${text.refresh} what="The original cannot be shown." />`;
  if (text.data === null) return html`<div class="panel padded"><${Bones} rows=${12} /></div>`;
  return html`<section class="panel original" aria-label="Original">
    ${isPage && html`<div class="panel-head"><span class="small soft">Shown without its scripts, styles and pictures.</span><${Button} size="small" onClick=${() => setSource(!source)}>${source ? "Page" : "Source"}<//></div>`}
    ${rows && html`<div class="panel-head"><span></span><${Button} size="small" onClick=${() => setSource(!source)}>${source ? "Table" : "Source"}<//></div>`}
    ${rows && !source ? html`<${Sheet} text=${text.data} place=${place} />`
      : isPage && !source ? html`<${Frame} key=${place?.id} text=${text.data} name=${file.fileName} place=${place} />` : html`<${PlainText} text=${text.data} place=${place} />`}
    ${file.fileSizeBytes > MOST_TEXT && html`<div class="padding"><${Notice} tone="info"><p>Only the beginning is shown; download the original for all of it.</p><//></div>`}
  </section>`;
}

// A sandbox without any right, in an origin of its own, under the policy of this page: nothing in it runs, loads or leads
// away.
function Frame({ text, name, place }) {
  const [address, setAddress] = useState(null);
  useEffect(() => {
    const marked = place ? markPage(text, (shown) => find(shown, place.content)) : text;
    const made = URL.createObjectURL(new Blob([POLICY, marked], { type: "text/html;charset=utf-8" }));
    setAddress(marked === text ? made : `${made}#${MARK_ID}`);
    return () => URL.revokeObjectURL(made);
  }, [text, place?.id]);
  return address && html`<iframe class="page-frame" sandbox="" referrerpolicy="no-referrer" src=${address} title=${`The page ${name}`}></iframe>`;
}

function PlainText({ text, place }) {
  const range = useMemo(() => find(text, place?.content), [text, place?.id]);
  const mark = useRef(null);
  useLayoutEffect(() => {
    mark.current?.scrollIntoView({ block: "center" });
  }, [range]);
  return html`<pre class="plain-text" tabindex="0" role="region" aria-label="Text of the original" dir="auto">${range
    ? html`${text.slice(0, range[0])}<mark ref=${mark}>${text.slice(...range)}</mark>${text.slice(range[1])}` : text}</pre>`;
}

// Where a passage stands in a text: by its words, whatever stands between them.
export function find(text, passage) {
  const words = (passage ?? "").match(/[\p{L}\p{N}]+/gu);
  if (!words) return null;
  for (const taken of [words, words.slice(0, 12), words.slice(0, 5)]) {
    if (taken.length > 600) continue;
    const found = new RegExp(taken.join("[^\\p{L}\\p{N}]{1,40}"), "u").exec(text);
    if (found) return [found.index, found.index + found[0].length];
  }
  return null;
}
