// How the console talks to the API: the public one, with the caller's key in a header.
import { session } from "../session.js";

const TIMEOUT_MS = 45_000;
const TRIES = 4;
const PASSING = new Set([429, 500, 502, 503, 504]);

// An answer that is no success, or no answer (status 0). `message` is the server's sentence for people.
export class ApiError extends Error {
  constructor({ status, code, message, details = [], requestId = null, retryAfter = null }) {
    super(message);
    this.name = "ApiError";
    Object.assign(this, { status, code, details, requestId, retryAfter });
  }

  // Soon, that is: what a quota refuses stays refused until somebody makes room, or until the day ends.
  get mayPass() {
    return this.status === 0 || (PASSING.has(this.status) && this.code !== "QUOTA_EXCEEDED");
  }

  // What the server says of one field of the request.
  of(field) {
    return this.details.find((detail) => detail.field === field)?.message ?? null;
  }
}

const path = (parts) => parts.map((part) => encodeURIComponent(part)).join("/");

// api`/datasets/${id}/files`: what is filled in is encoded.
export const api = (strings, ...values) =>
  `/dashboard/v1${strings.reduce((text, part, index) => text + path([values[index - 1]]) + part)}`;

export const query = (values) => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const repeated = given.flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]]));
  return repeated.length ? `?${new URLSearchParams(repeated)}` : "";
};

// GET, or another method that may be repeated without harm: tried again while the trouble may pass.
export async function ask(address, { method = "GET", json, signal, tries = TRIES, as = "json", key = null } = {}) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(address, { method, json, signal, as, key });
    } catch (error) {
      // The first try may have gone through although its answer was lost.
      if (method === "DELETE" && attempt > 1 && error.status === 404) return null;
      if (!(error instanceof ApiError) || !error.mayPass || attempt >= tries) throw error;
      await pause(delayMs(attempt, error.retryAfter), signal);
    }
  }
}

// For what must not happen twice: one try.
export const tell = (address, options) => ask(address, { method: "POST", ...options, tries: 1 });

export const delayMs = (attempt, retryAfter) =>
  retryAfter ? Math.min(retryAfter * 1000, 15_000) : 300 * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);

export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, ms);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}

// `open`: sent without a key, as signing in is.
export const tellOpen = (address, json) => once(address, { method: "POST", json, as: "json", open: true });
export const askOpen = (address, signal) => once(address, { method: "GET", signal, as: "json", open: true });

async function once(address, { method, json, signal, as, key: given = null, open = false }, isAgain = false) {
  const late = as === "stream" ? signal : AbortSignal.timeout(TIMEOUT_MS); // which goes on for as long as somebody watches
  const key = open ? null : given ?? await session.fresh();
  const headers = open ? {} : { Authorization: `Bearer ${key}` };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(address, {
      method,
      headers,
      body: json === undefined ? undefined : JSON.stringify(json),
      signal: signal ? AbortSignal.any([signal, late]) : late,
      credentials: "omit",
      cache: "no-store",
    });
    if (answer.ok) return as === "answer" || as === "stream" ? answer : answer.status === 204 ? null : await answer[as]();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable(late.aborted);
  }
  const problem = problemOf(answer.status, await answer.text().catch(() => ""), answer.headers.get("Retry-After"));
  if (answer.status === 401 && !open && !given) {
    if (!isAgain && await session.renew(key)) return once(address, { method, json, signal, as }, true);
    session.expire(key);
  }
  throw problem;
}

export const unreachable = (late = false) =>
  new ApiError({
    status: 0,
    code: "UNREACHABLE",
    message: late ? "The server took too long to answer." : "The server cannot be reached. Is it running?",
  });

export function problemOf(status, text, retryAfter) {
  let told = null;
  try {
    told = JSON.parse(text).error;
  } catch {
    // Not from Cairn: a proxy's page, or half an answer.
  }
  return new ApiError({
    status,
    code: told?.code ?? `HTTP_${status}`,
    message: told?.message ?? `The server answered with status ${status}.`,
    details: told?.details ?? [],
    requestId: told?.requestId ?? told?.request_id ?? null,
    retryAfter: Number(retryAfter) || null,
  });
}
