// The crawls of a dataset, newest first.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { ago, fullTime } from "../../format.js";
import { Paged } from "../../parts/pages.js";
import { Rows } from "../../parts/rows.js";
import { href } from "../../router.js";
import { usePages } from "../paged.js";
import { CrawlState } from "./state.js";

const TRIGGERS = { manual: "by hand", schedule: "by the schedule" };

export function CrawlHistory({ dataset }) {
  const crawls = usePages((page, signal) => knowledge.crawl.history(dataset.id, { ...page, limit: 20 }, signal), [dataset.id]);
  return html`<section class="stack" aria-label="History"><h2>History</h2><${Paged} from=${crawls} what="The history could not be loaded.">${(items) => items.length > 0 && html`
    <div class="panel scroll"><table class="plain cards"><thead><tr><th>When</th><th>Website</th><th>State</th><th class="end">Fetched</th><th class="end">Indexed</th><th class="end">Failed</th><th>Begun</th></tr></thead>
      <tbody><${Rows} paged items=${items} draw=${(crawl) => html`<tr key=${crawl.crawlJobId}><td class="nowrap"><a href=${href(["datasets", dataset.id, "website", crawl.crawlJobId])} title=${fullTime(crawl.createdOn)}>${ago(crawl.createdOn)}</a></td>
        <td class="clip" data-label="Website"><bdi>${crawl.startUrl}</bdi></td><td data-label="State"><${CrawlState} state=${crawl.state} /></td><td class="end numeric" data-label="Fetched">${crawl.pagesCrawled}</td><td class="end numeric" data-label="Indexed">${crawl.pagesIndexed}</td>
        <td class="end numeric" data-label="Failed">${crawl.pagesFailed}</td><td data-label="Begun">${TRIGGERS[crawl.trigger] ?? crawl.trigger}</td></tr>`} /></tbody></table></div>`}<//></section>`;
}
