// What happens on the server, told as it happens: one stream for the whole tab, read with fetch because an EventSource
// sends no key. While it is cut, screens go on asking as often as they did before there was one.
import { api } from "./api/client.js";
import { eventsOf } from "./events.js";
import { session } from "./session.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const NOT_OFFERED = new Set([401, 403, 404]);

const listeners = new Set();
let isOn = false;
let running = null;
let lastId = null;

export const live = {
  get isOn() {
    return isOn;
  },
};

// `hear({ type, data })`; `resync` says that something was missed. Gives back what ends the listening.
export function listen(hear) {
  listeners.add(hear);
  begin();
  return () => listeners.delete(hear);
}

function begin() {
  running ??= follow().finally(() => {
    running = null;
  });
}

// A browser opens six connections to a server at most: a tab that nobody sees holds none.
const isWanted = () => listeners.size > 0 && session.key !== null && !document.hidden;

async function follow() {
  let pause = FIRST_PAUSE_MS;
  while (isWanted()) {
    const began = Date.now();
    const status = await read().catch(() => 0);
    isOn = false;
    if (NOT_OFFERED.has(status)) return;
    pause = Date.now() - began > LONGEST_PAUSE_MS ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

// Until it ends. The status of the answer.
async function read() {
  const ending = new AbortController();
  const check = () => isWanted() || ending.abort();
  document.addEventListener("visibilitychange", check);
  const stop = session.subscribe((_, why) => why !== "renewed" && ending.abort());
  try {
    const headers = { Authorization: `Bearer ${await session.fresh()}`, Accept: "text/event-stream" };
    if (lastId) headers["Last-Event-ID"] = lastId;
    const answer = await fetch(api`/events/stream`, { headers, signal: ending.signal, credentials: "omit", cache: "no-store" });
    if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("text/event-stream")) return answer.status;
    isOn = true;
    await eventsOf(answer, tell);
    return answer.status;
  } finally {
    stop();
    document.removeEventListener("visibilitychange", check);
  }
}

function tell({ type, data, id }) {
  if (id !== null) lastId = id;
  for (const hear of [...listeners]) hear({ type, data });
}

// Seen again, the tab takes up where it left off; another person's events are not this one's.
document.addEventListener("visibilitychange", () => {
  if (isWanted()) begin();
});
session.subscribe((_, why) => {
  if (why !== "renewed") lastId = null;
});
