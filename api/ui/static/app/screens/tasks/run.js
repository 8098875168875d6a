// A run as it goes: what was searched, what was found, and the text while it comes. The server tells it from its
// beginning to whoever comes, so that nothing is missed and a cut connection is begun anew.
import { html, useEffect, useState } from "../../html.js";
import * as work from "../../api/work.js";
import { pause } from "../../api/client.js";
import { count } from "../../format.js";
import { eventsOf } from "../../events.js";
import { Icon } from "../../parts/icon.js";
import { AnswerText, citedIn } from "./answer.js";
import { FileChip, useCitations } from "./citations.js";

const PAUSE_MS = 2000;
const MOST_CHIPS = 6;
const NOTHING = { steps: [], text: "", end: null, isCut: false };
const VERBS = {
  search: ["search", "Searched for"], read_around: ["file", "Read around a passage"], list_datasets: ["list", "Listed datasets"],
  find_text: ["search", "Looked for the words"], outline: ["file", "Looked at a file's headings"], fetch_page: ["file", "Read a page"],
  fetch_table: ["file", "Read a table"], cite: ["file", "Looked up a passage"], report_gap: ["question", "Reported as missing"], comment: ["edit", "Commented"], ask_person: ["question", "Asked a person"],
  request_approval: ["check", "Asked for a decision"], hand_over: ["user", "Handed a part over"],
};

// `turn` tells one run from the next.
export function useRun(id, turn) {
  const [run, setRun] = useState(NOTHING);
  useEffect(() => {
    const ending = new AbortController();
    follow(id, setRun, ending.signal);
    return () => ending.abort();
  }, [id, turn]);
  return run;
}

// A tab that nobody sees holds no connection.
async function follow(id, setRun, signal) {
  while (!signal.aborted) {
    try {
      await untilSeen(signal);
      const watching = new AbortController();
      const hide = () => document.hidden && watching.abort();
      document.addEventListener("visibilitychange", hide);
      let run = NOTHING;
      try {
        const answer = await work.activities.stream(id, AbortSignal.any([signal, watching.signal]));
        await eventsOf(answer, (event) => {
          run = after(run, event);
          setRun(run);
        });
      } finally {
        document.removeEventListener("visibilitychange", hide);
      }
      if (run.end) return;
    } catch (error) {
      if (signal.aborted || error.mayPass === false) return; // what is refused now is refused again
      setRun((before) => ({ ...before, isCut: !document.hidden }));
    }
    await pause(PAUSE_MS, signal).catch(() => {});
  }
}

const untilSeen = (signal) => new Promise((resolve, reject) => {
  if (!document.hidden) return resolve();
  document.addEventListener("visibilitychange", resolve, { once: true, signal });
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return undefined;
});

function after(run, { type, data }) {
  if (type === "text_delta") return { ...run, text: run.text + data.delta };
  if (type === "tool_call") return { ...run, text: "", steps: [...run.steps, { name: data.name, input: data.input, output: null, said: run.text }] };
  if (type === "tool_result") return { ...run, steps: withResult(run.steps, data) };
  if (type === "completed" || type === "error") return { ...run, end: { type, error: data.error ?? null } };
  return run;
}

function withResult(steps, { name, output }) {
  const at = steps.findIndex((step) => step.name === name && step.output === null);
  return steps.map((step, index) => (index === at ? { ...step, output } : step));
}

// `showsText`: not where what it brought stands above.
export function Run({ run, isGoing, showsText }) {
  const keys = citedIn(run.text);
  const known = useCitations(keys);
  return html`<div class="stack">
    ${run.isCut && html`<p class="small soft" role="status">The connection was cut. Trying again …</p>`}
    <ol class="run stack">${run.steps.map((step, index) => html`<${Step} key=${index} step=${step} isGoing=${isGoing} />`)}</ol>
    ${isGoing && !run.text && html`<p class="row small soft" role="status"><span class="spinner"></span>${run.steps.length ? "Thinking …" : "Waits to begin …"}</p>`}
    ${showsText && run.text && html`<${AnswerText} text=${run.text} keys=${keys} known=${known} />`}</div>`;
}

function Step({ step: { name, input, output, said }, isGoing }) {
  const [icon, verb] = VERBS[name] ?? ["jobs", name];
  const keys = [...new Set((output?.passages ?? []).map(({ citation }) => citation))];
  const known = useCitations(keys.slice(0, MOST_CHIPS));
  const about = input?.query ?? input?.question ?? input?.text ?? input?.title ?? null;
  return html`<li class="stack tight">${said && html`<p class="small" dir="auto">${said}</p>`}
    <p class="row small"><${Icon} name=${icon} size=${13} /><span>${verb}${about && html` <q dir="auto">${about}</q>`}</span>
      <span class="soft">${output === null ? isGoing && html`<span class="spinner"></span>` : output.error ? String(output.error) : output.passages ? `found ${count(output.passages.length, "passage")}` : ""}</span></p>
    ${keys.length > 0 && html`<p class="row">${keys.slice(0, MOST_CHIPS).map((key) => html`<${FileChip} key=${key} target=${known[key]} />`)}</p>`}</li>`;
}
