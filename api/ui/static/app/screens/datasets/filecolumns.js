// The columns of the list of files, and what can be done with one file.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { ago, bytes, fullTime, number } from "../../format.js";
import { Confirm } from "../../parts/dialog.js";
import { Menu } from "../../parts/menu.js";
import { say } from "../../parts/toast.js";
import { useAction } from "../../resource.js";
import { href } from "../../router.js";
import { download } from "./download.js";
import { FileStatus, isOnItsWay } from "./status.js";

export const fileColumns = (context) => [
  { key: "name", label: "Name", width: "minmax(220px, 4fr)", narrow: "minmax(0, 1fr)", sort: ({ fileName }) => fileName, render: (file, narrow) => html`<${Name} narrow=${narrow} file=${file} dataset=${context.dataset} progress=${underway(file, context)} />` },
  { key: "status", label: "State", width: "150px", wide: true, sort: ({ status }) => status, render: (file) => html`<${State} file=${file} progress=${underway(file, context)} />` },
  { key: "chunks", label: "Passages", width: "84px", end: true, downFirst: true, wide: true, sort: ({ chunksCount }) => chunksCount, render: ({ chunksCount }) => html`<span class="numeric">${number(chunksCount)}</span>` },
  { key: "size", label: "Size", width: "84px", end: true, downFirst: true, wide: true, sort: ({ fileSizeBytes }) => fileSizeBytes, render: ({ fileSizeBytes }) => html`<span class="numeric soft">${bytes(fileSizeBytes)}</span>` },
  { key: "made", label: "Added", width: "110px", end: true, downFirst: true, wide: true, sort: ({ createdOn }) => createdOn, render: ({ createdOn }) => html`<span class="soft" title=${fullTime(createdOn)}>${ago(createdOn)}</span>` },
  { key: "do", label: "", read: "Actions", width: "34px", end: true, render: (file) => html`<${FileMenu} file=${file} ...${context} />` },
];

// Of files that the list says are on their way: what it says of the others is newer.
const underway = (file, { progress }) => (isOnItsWay(file.status) ? progress.get(file.id) : undefined);

function Name({ file, dataset, progress, narrow }) {
  const cut = file.fileName.lastIndexOf("/");
  return html`<div class="two">
    <a class="name clip" title=${file.fileName} href=${href(["datasets", dataset.id, "file", file.id])}><bdi>${file.fileName.slice(cut + 1)}</bdi></a>
    ${narrow && html`<span><${FileStatus} status=${progress?.status ?? file.status} progress=${progress?.progress ?? null} /></span>`}
    ${file.status === "error"
      ? html`<span class="tiny clip wrong-text" title=${file.errorMessage}>${file.errorMessage}</span>`
      : cut > 0 && html`<span class="soft tiny clip"><bdi>${file.fileName.slice(0, cut)}</bdi></span>`}
  </div>`;
}

const State = ({ file, progress }) => html`<div class="two"><span><${FileStatus} status=${progress?.status ?? file.status} progress=${progress?.progress ?? null} /></span>
  ${file.status === "error" && file.chunksCount > 0 && html`<span class="tiny soft">the old version is found</span>`}</div>`;

function FileMenu({ file, dataset, writes, refresh, put }) {
  const [deleting, setDeleting] = useState(false);
  const change = async (json, done) => {
    try {
      const after = await knowledge.files.change(dataset.id, file.id, json);
      put((before) => ({ ...before, files: before.files.map((other) => (other.id === file.id ? { ...other, ...after } : other)) }));
      say(done);
      refresh();
    } catch (error) {
      say(error.message, { tone: "bad" });
    }
  };
  return html`<${Menu} label=${`Actions for ${file.fileName}`} items=${[
    { label: "Open", icon: "eye", href: href(["datasets", dataset.id, "file", file.id]) },
    { label: "Download the original", icon: "download", run: () => download(dataset.id, file) },
    writes && !isOnItsWay(file.status) && (file.enabled
      ? { label: "Switch off", icon: "eyeOff", run: () => change({ enabled: false }, html`<b dir="auto">${file.fileName}</b> is not found any more.`) }
      : { label: "Switch on", icon: "eye", run: () => change({ enabled: true }, html`<b dir="auto">${file.fileName}</b> is found again.`) }),
    writes && { label: "Build anew", icon: "refresh", run: () => change({ reIngest: true }, html`<b dir="auto">${file.fileName}</b> is being built anew.`) },
    writes && { label: "Delete …", icon: "trash", danger: true, run: () => setDeleting(true) },
  ]} />
  ${deleting && html`<${DeleteFile} file=${file} dataset=${dataset} onClose=${() => setDeleting(false)} put=${put} refresh=${refresh} />`}`;
}

export function DeleteFile({ file, dataset, onClose, put, refresh, onDeleted }) {
  const deleting = useAction(async () => {
    await knowledge.files.remove(dataset.id, file.id);
    say(html`<b dir="auto">${file.fileName}</b> is deleted.`);
    onClose();
    onDeleted?.();
    put?.((before) => ({ ...before, files: before.files.filter(({ id }) => id !== file.id) }));
    refresh?.();
  });
  return html`<${Confirm} title="Delete this file?" verb="Delete" action=${deleting} onClose=${onClose}>
    <p><b dir="auto">${file.fileName}</b> with its ${number(file.chunksCount)} passages is not found from this moment on. This cannot be undone.</p>
  <//>`;
}
