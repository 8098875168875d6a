// One file on its way to the server, with how much of it is there already.
import { ApiError, delayMs, pause, problemOf, unreachable } from "../../../api/client.js";
import { session } from "../../../session.js";

const STALLED_MS = 60_000;
const TRIES = 6;

// Sending again does no harm: the server knows the same bytes and answers `identical`. Gives its word on the file.
export async function send({ address, item, fields, signal, onProgress }) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await post({ address, item, fields, signal, onProgress });
      return settle(answer, attempt);
    } catch (error) {
      if (signal.aborted || !(error instanceof ApiError) || !error.mayPass || attempt >= TRIES) throw error;
      onProgress(0);
      await pause(delayMs(attempt, error.retryAfter), signal);
    }
  }
}

function settle(answer, attempt) {
  const [rejected] = answer.rejectedFiles;
  if (rejected) throw new ApiError({ status: 400, code: rejected.code, message: rejected.message });
  const [file] = answer.uploadedFiles;
  // A first try took the file in and its answer was lost: the file is as new as it was then.
  return attempt > 1 && file.outcome === "identical" ? { ...file, outcome: "created" } : file;
}

async function post({ address, item, fields, signal, onProgress }) {
  const key = await session.fresh();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much has been sent
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("files", item.file, item.name);
    let watch = null;
    const alive = () => {
      clearTimeout(watch);
      watch = setTimeout(() => request.abort(), STALLED_MS);
    };
    const stop = () => request.abort();
    const end = (finish, value) => {
      clearTimeout(watch);
      signal.removeEventListener("abort", stop);
      finish(value);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      alive();
      onProgress((loaded / total) * 100);
    };
    request.onload = () => {
      if (request.status === 401) session.expire(key);
      if (request.status < 300) return end(resolve, JSON.parse(request.responseText));
      return end(reject, problemOf(request.status, request.responseText, request.getResponseHeader("Retry-After")));
    };
    request.onerror = () => end(reject, unreachable());
    request.onabort = () => end(reject, signal.aborted ? signal.reason : unreachable(true));
    signal.addEventListener("abort", stop);
    request.open("POST", address);
    request.setRequestHeader("Authorization", `Bearer ${key}`);
    request.send(form);
    alive();
  });
}
