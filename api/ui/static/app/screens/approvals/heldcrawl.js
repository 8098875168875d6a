// The pages that a held crawl would remove.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { Paged } from "../../parts/pages.js";
import { Rows } from "../../parts/rows.js";
import { href } from "../../router.js";
import { usePages } from "../paged.js";

export function HeldCrawl({ datasetId, crawlId, isOpen }) {
  const gone = usePages((page, signal) => knowledge.crawl.urls(datasetId, crawlId, { ...page, limit: 50, outcome: "gone" }, signal), [crawlId]);
  return html`<section class="stack tight" aria-label="Pages"><div class="row apart"><h3>${isOpen ? "Pages that would be removed" : "Pages that it was about"}</h3>
      <a class="small" href=${href(["datasets", datasetId, "website", crawlId])}>The whole crawl</a></div>
    <${Paged} from=${gone} what="The pages could not be loaded.">${(items) => items.length > 0 && html`<div class="scroll" tabindex="0" role="group" aria-label="Pages and why"><table class="plain tight"><thead><tr><th>Address</th><th>Why</th><th class="end">Status</th></tr></thead>
      <tbody><${Rows} paged items=${items} draw=${(url) => html`<tr key=${url.url}><td>${url.fileId ? html`<a href=${href(["datasets", datasetId, "file", url.fileId])}><bdi>${url.url}</bdi></a>` : html`<bdi>${url.url}</bdi>`}</td><td dir="auto">${url.explanation}</td><td class="end numeric">${url.httpStatus ?? ""}</td></tr>`} /></tbody></table></div>`}<//></section>`;
}
