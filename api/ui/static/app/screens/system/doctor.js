// The doctor: compares rows, vectors and files, and mends what can be mended.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { ago, count, fullTime } from "../../format.js";
import { Badge, Button } from "../../parts/controls.js";
import { Rows } from "../../parts/rows.js";
import { Loaded, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";

const BUSY_MS = 900;
const AILMENTS = {
  orphan_vectors: "Vectors of nothing", missing_vectors: "Vectors are missing", missing_chunks: "Passages are missing",
  missing_original: "Original is missing", orphan_stored_file: "Stored file of nothing", stalled_build: "Build stands still",
  unremoved_file: "File left behind", unremoved_dataset: "Dataset left behind", dead_job: "Work was given up",
  parser_engine_unavailable: "Parser cannot be used",
};

export function Doctor() {
  const report = useResource((signal) => knowledge.doctor.report(signal), [], (found) => (found?.runningJobId ? BUSY_MS : null));
  const asking = useAction(async (ids) => {
    await (ids === undefined ? knowledge.doctor.examine() : knowledge.doctor.repair(ids));
    say(ids === undefined ? "The examination has begun." : "The repair has begun.");
    report.refresh();
  });
  const running = Boolean(report.data?.runningJobId) || asking.busy;
  const repairable = report.data?.findings.filter((finding) => finding.repairable) ?? [];
  return html`<section class="stack" aria-label="Doctor"><div class="row apart"><div class="stack tight"><h2>Doctor</h2>
      <p class="small soft">Compares database, vectors and stored files, and says where they disagree.</p></div>
    <div class="row">${repairable.length > 0 && html`<${Button} kind="primary" icon="check" busy=${running} onClick=${() => asking.run(null)}>Mend ${count(repairable.length, "finding")}<//>`}
      <${Button} icon="pulse" busy=${running} onClick=${() => asking.run()}>${running ? "Examining" : "Examine now"}<//></div></div>
    ${asking.error && html`<${Notice} tone="bad"><p>${asking.error.message}</p><//>`}
    <${Loaded} from=${report} rows=${2} what="The doctor's report could not be loaded.">${(found) => html`<${Report} report=${found} busy=${running} onMend=${(id) => asking.run([id])} />`}<//>
  </section>`;
}

function Report({ report: { examinedAt, findings, mended, notMended }, busy, onMend }) {
  if (examinedAt === null) return html`<${Notice} tone="info"><p>Nothing has been examined yet.</p><//>`;
  const when = html`<span class="soft small" title=${fullTime(examinedAt)}>Examined ${ago(examinedAt)}</span>`;
  const reasons = new Map(notMended.map(({ id, reason }) => [id, reason]));
  return html`<div class="stack">
    ${findings.length === 0 && html`<${Notice} tone="good" action=${when}><p>All is as it should be.${mended.length > 0 ? ` ${count(mended.length, "finding")} mended.` : ""}</p><//>`}
    ${findings.length > 0 && html`<div class="panel scroll"><table class="plain cards"><caption class="only-read">Findings</caption><thead><tr><th>Finding</th><th>What is wrong</th><th>What to do</th><th><span class="only-read">Actions</span></th></tr></thead>
      <tbody><${Rows} items=${findings} columns=${4} deps=${[busy, notMended]} draw=${(finding) => html`<tr key=${finding.id}><td><${Badge} tone=${finding.repairable ? "warn" : "bad"}>${AILMENTS[finding.ailment] ?? finding.ailment}<//></td>
        <td dir="auto" data-label="What">${finding.message}${reasons.has(finding.id) && html`<div class="tiny wrong-text">Not mended: ${reasons.get(finding.id)}</div>`}</td>
        <td class="soft" data-label="To do">${finding.remedy}</td>
        <td class="end">${finding.repairable && html`<${Button} size="small" busy=${busy} onClick=${() => onMend(finding.id)}>Mend<//>`}</td></tr>`} /></tbody></table></div>
      <p>${when}${mended.length > 0 && html` <span class="soft small">· ${count(mended.length, "finding")} mended</span>`}</p>`}
  </div>`;
}
