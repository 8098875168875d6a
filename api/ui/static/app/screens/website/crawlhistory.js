// The crawls of a dataset, newest first.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { ago, fullTime } from "../../format.js";
import { Paged } from "../../parts/pages.js";
import { href } from "../../router.js";
import { usePages } from "../paged.js";
import { CrawlState } from "./state.js";

export function CrawlHistory({ dataset }) {
  const crawls = usePages((page, signal) => knowledge.crawl.history(dataset.id, { ...page, limit: 20 }, signal), [dataset.id]);
  return html`<section class="stack" aria-label="History"><h2>History</h2><${Paged} from=${crawls} what="The history could not be loaded.">${(items) => items.length > 0 && html`
    <div class="panel scroll"><table class="plain"><thead><tr><th>When</th><th>Website</th><th>State</th><th class="end">Fetched</th><th class="end">Indexed</th><th class="end">Failed</th><th>Begun by</th></tr></thead>
      <tbody>${items.map((crawl) => html`<tr key=${crawl.crawlJobId}><td class="nowrap"><a href=${href(["datasets", dataset.id, "website", crawl.crawlJobId])} title=${fullTime(crawl.createdOn)}>${ago(crawl.createdOn)}</a></td>
        <td class="clip"><bdi>${crawl.startUrl}</bdi></td><td><${CrawlState} state=${crawl.state} /></td><td class="end numeric">${crawl.pagesCrawled}</td><td class="end numeric">${crawl.pagesIndexed}</td>
        <td class="end numeric">${crawl.pagesFailed}</td><td>${crawl.trigger}</td></tr>`)}</tbody></table></div>`}<//></section>`;
}
