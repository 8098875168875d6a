// How a website is crawled.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { Button, Check, Choice, TextField } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction } from "../../resource.js";

const SCHEDULES = [["manual", "When I say so"], ["weekly", "Every week"], ["monthly", "Every month"], ["cron", "By a cron expression"]];
const MODES = [["site", "Links and sitemaps"], ["sitemap", "Only what sitemaps list"], ["list", "Only a list of addresses"]];

export const whenOf = ({ schedule, cron, timeZone }) => (cron ? `${cron} (${timeZone})` : { weekly: "every week", monthly: "every month" }[schedule] ?? "by hand");

const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

export function SiteDialog({ dataset, site, onClose, onDone }) {
  const isNew = !site.siteId;
  const [given, setGiven] = useState({
    startUrl: site.startUrl ?? "", maxPages: site.maxPages ?? 200, maxDepth: site.maxDepth ?? 3, urlPathFilter: site.urlPathFilter ?? "", mode: site.mode ?? "site",
    include: (site.include ?? []).join("\n"), exclude: (site.exclude ?? []).join("\n"), urls: (site.urls ?? []).join("\n"), schedule: site.cron ? "cron" : site.schedule ?? "manual",
    languages: (site.languages ?? []).join(", "), mergeNearDuplicates: site.mergeNearDuplicates ?? true, maxMinutes: site.maxMinutes ?? "", useSitemaps: site.useSitemaps ?? true, render: site.render ?? false,
    cron: site.cron ?? "", timeZone: site.siteId ? site.timeZone : Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC",
  });
  const [start, setStart] = useState(isNew);
  const change = (part) => setGiven((before) => ({ ...before, ...part }));
  const saving = useAction(async () => {
    if (!/^https?:\/\//i.test(given.startUrl.trim())) throw new Error("The start address begins with https:// or http://");
    await knowledge.crawl.save(dataset.id, requestOf(given));
    if (start) await knowledge.crawl.start(dataset.id, { startUrl: given.startUrl.trim() });
    say(start ? "Saved, and the crawl has begun." : "Saved.");
    onDone();
  });
  const wrong = (field) => saving.error?.of?.(field);
  return html`<${Dialog} wide title=${isNew ? "Add a website" : "Settings of the website"} onClose=${onClose} busy=${saving.busy} onSubmit=${saving.run}
    foot=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${saving.busy}>${start ? "Save and crawl" : "Save"}<//>`}>
    ${saving.error && html`<${Notice} tone="bad"><p>${saving.error.message}</p><//>`}
    <${TextField} label="Start address" type="url" value=${given.startUrl} onValue=${(startUrl) => change({ startUrl })} placeholder="https://docs.example.org/" autofocus disabled=${!isNew} wrong=${wrong("startUrl")} />
    <div class="pair"><${TextField} label="Pages at most" type="number" min="1" max="100000" value=${given.maxPages} onValue=${(maxPages) => change({ maxPages })} wrong=${wrong("maxPages")} />
      <${TextField} label="Links deep at most" type="number" min="0" max="100" value=${given.maxDepth} onValue=${(maxDepth) => change({ maxDepth })} wrong=${wrong("maxDepth")} />
      <${TextField} label="Only below this path" value=${given.urlPathFilter} onValue=${(urlPathFilter) => change({ urlPathFilter })} placeholder="/docs" wrong=${wrong("urlPathFilter")} /></div>
    <div class="pair"><${Choice} label="What to follow" value=${given.mode} options=${MODES} onValue=${(mode) => change({ mode })} />
      <${TextField} label="Minutes at most" type="number" min="1" max="10080" value=${given.maxMinutes} onValue=${(maxMinutes) => change({ maxMinutes })} hint="Empty: as long as the installation allows." wrong=${wrong("maxMinutes")} /></div>
    ${given.mode === "site" && html`<${Check} checked=${given.useSitemaps} onValue=${(useSitemaps) => change({ useSitemaps })}>Read its sitemaps as well<//>`}
    <${Check} checked=${given.render} onValue=${(render) => change({ render })} hint="For sites whose scripts write the pages. Slower, and the server needs a browser.">Draw pages that are empty without their scripts<//>
    ${given.mode === "list" && html`<${TextField} label="Addresses, one a line" multiline rows="5" value=${given.urls} onValue=${(urls) => change({ urls })} wrong=${wrong("urls")} />`}
    <details><summary>Which addresses</summary><div class="pair">
      <${TextField} label="Only these patterns, one a line" multiline value=${given.include} onValue=${(include) => change({ include })} placeholder="/guide/*" />
      <${TextField} label="Never these patterns" multiline value=${given.exclude} onValue=${(exclude) => change({ exclude })} placeholder="/tags/*" /></div>
      <${TextField} label="Only these languages" value=${given.languages} onValue=${(languages) => change({ languages })} placeholder="all, or: en, pt-br" />
      <${Check} checked=${given.mergeNearDuplicates} onValue=${(mergeNearDuplicates) => change({ mergeNearDuplicates })}>Take pages that say nearly the same, such as older versions of a manual, for one<//></details>
    <div class="pair"><${Choice} label="Crawl it again" value=${given.schedule} options=${SCHEDULES} onValue=${(schedule) => change({ schedule })} />
      ${given.schedule === "cron" && html`<${TextField} label="Cron expression" value=${given.cron} onValue=${(cron) => change({ cron })} placeholder="0 6 * * 1" class="input mono" wrong=${wrong("cron")} />`}
      ${given.schedule !== "manual" && html`<${TextField} label="Time zone" value=${given.timeZone} onValue=${(timeZone) => change({ timeZone })} wrong=${wrong("timeZone")} />`}</div>
    <${Check} checked=${start} onValue=${setStart}>Crawl it now<//>
  <//>`;
}

function requestOf(given) {
  const request = {
    startUrl: given.startUrl.trim(), maxPages: Number(given.maxPages), maxDepth: Number(given.maxDepth), urlPathFilter: given.urlPathFilter.trim() || null,
    include: lines(given.include), exclude: lines(given.exclude), mode: given.mode, useSitemaps: given.useSitemaps, urls: given.mode === "list" ? lines(given.urls) : [], schedule: given.schedule,
    languages: given.languages.split(/[\s,]+/).filter(Boolean), mergeNearDuplicates: given.mergeNearDuplicates, render: given.render,
  };
  if (String(given.maxMinutes).trim()) request.maxMinutes = Number(given.maxMinutes);
  if (given.schedule === "cron") request.cron = given.cron.trim();
  if (given.schedule !== "manual") request.timeZone = given.timeZone.trim() || "UTC";
  return request;
}
