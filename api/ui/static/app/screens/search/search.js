// KB4: ask, turn the screws, see what comes back and why; two settings side by side.
import { html, useEffect, useMemo, useRef, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, offers, useCaller } from "../../caller.js";
import { Button, Check } from "../../parts/controls.js";
import { Foldable } from "../../parts/foldable.js";
import { Page } from "../../parts/page.js";
import { Empty, Loaded } from "../../parts/states.js";
import { useResource } from "../../resource.js";
import { href } from "../../router.js";
import { DatasetPicker } from "./picker.js";
import { Narrow } from "./narrow.js";
import { ownOf, readQuery, requestOf, writeQuery } from "./query.js";
import { Results } from "./results.js";
import { Saved } from "./saved.js";
import { Screws } from "./screws.js";
import { WhyNot } from "./whynot.js";
import { Takeaway } from "./takeaway.js";

const SETTLED_MS = 350;

export function Search({ params }) {
  const caller = useCaller();
  const list = useResource((signal) => (may(caller, "read") ? knowledge.datasets.list(signal) : Promise.resolve({ data: [] })), []);
  return html`<${Page} title="Search" lead="Ask as an agent or a reader would, and see which passages come back.">
    <${Loaded} from=${list} what="The datasets could not be loaded." rows=${5}>
      ${({ data }) => (data.length || !may(caller, "read")
        ? html`<${Sandbox} params=${params} datasets=${data} />`
        : html`<div class="panel"><${Empty} icon="search" title="There is nothing to search yet">Make a dataset and put files into it first.<//></div>`)}
    <//>
  <//>`;
}

function Sandbox({ params, datasets }) {
  const caller = useCaller();
  const { defaults } = caller;
  const [asked, setAsked] = useState(() => {
    const found = readQuery(params, defaults);
    const known = new Set(datasets.map(({ id }) => id));
    const named = datasets.length ? found.datasets.filter((id) => known.has(id)) : found.datasets;
    return { ...found, datasets: named.length ? named : datasets.filter(({ totalChunks }) => totalChunks).slice(0, 20).map(({ id }) => id) };
  });
  const [sent, setSent] = useState(() => (asked.text.trim() && asked.datasets.length ? asked : null));
  const change = (part) => setAsked((before) => ({ ...before, ...part }));
  const box = useRef(null);
  useSlash(box);

  const ready = asked.text.trim() && asked.datasets.length > 0;
  const submit = (event) => {
    event?.preventDefault();
    if (ready) setSent({ ...asked });
  };
  // Once something has been asked, every turn of a screw asks again.
  useEffect(() => {
    if (!sent || !ready || asked.text !== sent.text) return undefined;
    const timer = setTimeout(() => setSent((before) => (same(before, asked) ? before : { ...asked })), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  useEffect(() => {
    if (sent) history.replaceState(null, "", href(["search"], writeQuery(sent)));
  }, [sent]);

  const sides = asked.compare ? ["a", "b"] : ["a"];
  const own = ownOf(datasets, asked.datasets, defaults);
  return html`<div class="sandbox">
    <form class="ask panel padded" onSubmit=${submit}>
      <div class="ask-line"><input class="input" ref=${box} type="search" aria-label="Question" dir="auto" maxlength="8000" autofocus
          placeholder="How long is the notice period?" value=${asked.text} onInput=${(event) => change({ text: event.target.value })} />
        <${Button} type="submit" kind="primary" icon="search" disabled=${!ready}>Search<//></div>
      <${DatasetPicker} datasets=${datasets} value=${asked.datasets} onValue=${(chosen) => change({ datasets: chosen })} />
      ${offers(caller, "dashboardKbSavedSearchesList") && html`<${Saved} sent=${sent && ready ? asked : sent} />`}
    </form>
    <aside class="screws" aria-label="Settings of the search"><${Foldable} name="Settings"><div class="stack">
      ${sides.map((side) => html`<${Screws} key=${side} name=${asked.compare ? side.toUpperCase() : null} value=${asked[side]} own=${own}
        onValue=${(part) => change({ [side]: { ...asked[side], ...part } })} />`)}
      <${Check} checked=${asked.compare} onValue=${(compare) => change({ compare, b: compare && same(asked.a, asked.b) ? { ...asked.a, rerank: !asked.a.rerank } : asked.b })}>Compare two settings<//>
      <${Narrow} value=${asked.filter} onValue=${(filter) => change({ filter })} />
    </div><//></aside>
    <section class="answers stack" aria-label="Results">
      ${sent ? html`<${Answers} sent=${sent} datasets=${datasets} />` : html`<div class="panel"><${Empty} icon="search" title="Ask something">Press <kbd>/</kbd> to get to the question from anywhere on this page.<//></div>`}
    </section>
  </div>`;
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function Answers({ sent, datasets }) {
  const caller = useCaller();
  const a = useAnswer(sent, "a", true);
  const b = useAnswer(sent, "b", sent.compare);
  const names = useMemo(() => new Map(datasets.map(({ id, name }) => [id, name])), [datasets]);
  return html`
    <div class=${`columns ${sent.compare ? "two" : ""}`}>
      <${Results} title=${sent.compare ? "Setting A" : null} answer=${a} other=${sent.compare ? b : null} names=${names} query=${sent.text} />
      ${sent.compare && html`<${Results} title="Setting B" answer=${b} other=${a} moved names=${names} query=${sent.text} />`}
    </div>
    ${a.result && offers(caller, "dashboardKbSearchWhyNot") && html`<${WhyNot} request=${a.request} datasets=${datasets} />`}
    <${Takeaway} requests=${(sent.compare ? ["a", "b"] : ["a"]).map((side) => requestOf(sent, sent[side]))} />`;
}

// The answer stays while the next one is on its way, so that nothing jumps.
function useAnswer(sent, side, wanted) {
  const caller = useCaller();
  const request = requestOf(sent, sent[side]);
  const key = wanted ? JSON.stringify(request) : "";
  const [state, setState] = useState({ result: null, error: null, busy: wanted });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!wanted) return undefined;
    const ending = new AbortController();
    setState((before) => ({ ...before, busy: true, error: null }));
    knowledge.search(offers(caller, "dashboardKbSearchWhyNot") ? { ...request, explain: true, include: ["highlights", ...(request.include ?? [])] } : request, ending.signal).then(
      (result) => setState({ result, error: null, busy: false }),
      (error) => ending.signal.aborted || setState({ result: null, error, busy: false }),
    );
    return () => ending.abort();
  }, [key, turn]);
  return { ...state, request, retry: () => setTurn(turn + 1) };
}

function useSlash(box) {
  useEffect(() => {
    const slash = (event) => {
      const typing = event.target.closest?.("input, textarea, select, dialog, [contenteditable]");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      box.current?.focus();
      box.current?.select();
    };
    addEventListener("keydown", slash);
    return () => removeEventListener("keydown", slash);
  }, []);
}
