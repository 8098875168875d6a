// What waits for a person's decision, and beside it what is decided about.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { ago, number } from "../../format.js";
import { Segments } from "../../parts/controls.js";
import { Page } from "../../parts/page.js";
import { Paged } from "../../parts/pages.js";
import { Rows } from "../../parts/rows.js";
import { Empty } from "../../parts/states.js";
import { useResource } from "../../resource.js";
import { go, href } from "../../router.js";
import { usePages } from "../paged.js";
import { Approval } from "./approval.js";
import { Ending, Risk, STATUSES, typeOf } from "./words.js";

const EVERY_MS = 10_000;
const NOTHING = { pending: ["Nothing waits for a decision", "Crawls that would remove much of a site, and work that needs a person's word, appear here."] };

export const isOfApprovals = ({ type }) => type.startsWith("approval_");

export function Approvals({ id, params }) {
  const status = params.get("status") ?? "pending";
  const list = usePages((page, signal) => knowledge.approvals.list({ ...page, limit: 50, "filter[status]": status }, signal), [status], EVERY_MS, isOfApprovals);
  const stats = useResource((signal) => knowledge.approvals.stats(signal), [], () => EVERY_MS, isOfApprovals);
  const place = (one) => href(["approvals", ...(one ? [one] : [])], status === "pending" ? {} : { status });
  const shown = id ?? list.items?.[0]?.id;
  const decided = () => {
    list.refresh();
    stats.refresh();
    go(place(null));
  };
  return html`<${Page} title="Approvals" lead="What people and agents want to do, and may not do without a person's word.">
    ${stats.data && html`<${Stats} of=${stats.data} />`}
    <div class="toolbar"><${Segments} label="Which approvals" value=${status} onValue=${(next) => go(href(["approvals"], next === "pending" ? {} : { status: next }))} options=${STATUSES} /></div>
    <div class=${`queue ${id ? "chosen" : ""}`}>
      <section class="stack queue-list" aria-label="Queue"><${Paged} from=${list} what="The approvals could not be loaded.">${(items) => (items.length
        ? html`<ol class="panel"><${Rows} paged items=${items} deps=${[shown, status]} draw=${(one) => html`<li key=${one.id}><${Line} approval=${one} to=${place(one.id)} isShown=${one.id === shown} /></li>`} /></ol>`
        : !id && html`<div class="panel"><${Empty} icon="check" title=${NOTHING[status]?.[0] ?? "None"}>${NOTHING[status]?.[1]}<//></div>`)}<//></section>
      ${shown && html`<section class="queue-detail" aria-label="What is decided about">
        ${id && html`<p class="queue-back"><a href=${place(null)}>All approvals</a></p>`}
        <${Approval} key=${shown} id=${shown} onDecided=${decided} /></section>`}
    </div><//>`;
}

const Stats = ({ of: { pending, highRisk, expiringIn24h, resolvedThisWeek } }) => html`<dl class="stats panel padded">
  <div><dt>Waiting</dt><dd>${number(pending)}</dd></div><div><dt>Of high risk</dt><dd>${number(highRisk)}</dd></div>
  <div><dt>Expire within a day</dt><dd>${number(expiringIn24h)}</dd></div><div><dt>Decided this week</dt><dd>${number(resolvedThisWeek)}</dd></div></dl>`;

const Line = ({ approval, to, isShown }) => html`<a class="queue-line" href=${to} aria-current=${isShown ? "true" : null}>
  <span class="strong" dir="auto">${approval.title}</span>
  <span class="row small"><${Risk} approval=${approval} />${approval.status !== "pending" && html`<${Ending} approval=${approval} />`}<span class="soft">${typeOf(approval)}</span></span>
  <span class="tiny soft">${ago(approval.createdOn)} by <bdi>${approval.createdBy.name}</bdi>${approval.status === "pending" ? `, expires ${ago(approval.expiresAt)}` : ""}</span></a>`;
