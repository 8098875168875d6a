// KB2: the files of a dataset, with what becomes of them while one looks on.
import { html, useMemo, useState } from "../../html.js";
import { may, useCaller } from "../../caller.js";
import { count, number } from "../../format.js";
import { Button, SearchBox } from "../../parts/controls.js";
import { Empty } from "../../parts/states.js";
import { Table } from "../../parts/table.js";
import { BulkBar } from "./bulk.js";
import { fileColumns } from "./filecolumns.js";
import { useProgress } from "./progress.js";
import { fileStates, isOnItsWay } from "./status.js";
import { DropZone, Upload } from "./upload/upload.js";

const SOURCES = [["upload", "Uploaded"], ["website_crawl", "Website"], ["published_content", "Published"], ["competitor_research", "Research"]];

export function Files({ dataset, refresh, put, params }) {
  const caller = useCaller();
  const writes = may(caller, "write");
  const [text, setText] = useState("");
  const [status, setStatus] = useState(params.get("status") ?? "");
  const [source, setSource] = useState("");
  const [order, setOrder] = useState({ key: "made", down: true });
  const [chosen, setChosen] = useState(new Set());
  const [uploading, setUploading] = useState(null);
  const progress = useProgress(dataset);

  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    return dataset.files.filter((file) =>
      (!wanted || file.fileName.toLowerCase().includes(wanted)) && (!source || file.source === source)
      && (!status || file.status === status || (status === "going" && isOnItsWay(file.status))));
  }, [dataset.files, text, status, source]);
  const present = useMemo(() => new Set(dataset.files.map(({ id }) => id)), [dataset.files]);
  const picked = useMemo(() => new Set([...chosen].filter((id) => present.has(id))), [chosen, present]);
  const columns = useMemo(() => fileColumns({ dataset, writes, refresh, put, progress }), [dataset.id, writes, progress]);

  const upload = writes && html`<${Button} kind="primary" icon="upload" onClick=${() => setUploading([])}>Upload<//>`;
  return html`<${DropZone} enabled=${writes} onFiles=${setUploading}>
    ${dataset.files.length === 0
      ? html`<div class="panel"><${Empty} icon="file" title="No files yet" action=${upload}>${writes
        ? "Drop files or folders here: PDF, Word, PowerPoint, Excel, CSV, HTML, Markdown, text, JSON, e-mail, EPUB, RTF."
        : "Nobody has put a file into this dataset."}<//></div>`
      : html`<div class="stack">
        <div class="toolbar">
          <${SearchBox} label="Filter by name" value=${text} onValue=${setText} />
          <${Filter} label="State" value=${status} onValue=${setStatus} options=${[["going", "On their way"], ...fileStates]} />
          <${Filter} label="Source" value=${source} onValue=${setSource} options=${SOURCES} />
          <span class="soft small numeric" role="status">${shown.length === dataset.files.length ? count(shown.length, "file") : `${number(shown.length)} of ${count(dataset.files.length, "file")}`}</span>
          <span class="grow"></span>${upload}
        </div>
        ${shown.length
          ? html`<${Table} label="Files" columns=${columns} rows=${shown} rowKey=${({ id }) => id} order=${order} onOrder=${setOrder}
              nameOf=${({ fileName }) => fileName} selection=${writes ? { chosen: picked, onChange: setChosen } : null} />`
          : html`<div class="panel"><${Empty} icon="search" title="No file matches" action=${html`<${Button} onClick=${() => { setText(""); setStatus(""); setSource(""); }}>Show all<//>`}><//></div>`}
      </div>`}
    ${picked.size > 0 && html`<${BulkBar} dataset=${dataset} files=${dataset.files.filter(({ id }) => picked.has(id))}
      onDone=${() => { setChosen(new Set()); refresh(); }} refresh=${refresh} />`}
    ${uploading && html`<${Upload} dataset=${dataset} initial=${uploading} onClose=${() => { setUploading(null); refresh(); }} refresh=${refresh} />`}
  <//>`;
}

const Filter = ({ label, value, onValue, options }) => html`
  <select class="input filter" aria-label=${label} value=${value} onChange=${(event) => onValue(event.target.value)}>
    <option value="" selected=${value === ""}>${label}: all</option>
    ${options.map(([key, name]) => html`<option value=${key} selected=${key === value}>${name}</option>`)}
  </select>`;
