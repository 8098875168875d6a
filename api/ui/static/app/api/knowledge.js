// The operations of /dashboard/v1 on the knowledge base, its people and their approvals that the console uses, by what they do.
import { api, ask, askOpen, problemOf, query, tell, tellOpen, unreachable } from "./client.js";

export const me = (signal) => ask(api`/me`, { signal });
// Whose key it is, before it becomes the session's.
export const whose = (key) => ask(api`/me`, { key });

// Of people with a password. None of them has a key to send yet.
export const account = {
  signIn: (email, password) => tellOpen("/api/auth/login", { email, password }),
  forgot: (email) => tellOpen("/api/auth/forgot-password", { email }),
  reset: (token, password) => tellOpen("/api/auth/reset-password", { token, password }),
  register: (json) => tellOpen("/api/auth/register", json),
  ways: (signal) => askOpen("/api/auth/ways", signal),
  // Of who comes back from the identity provider: the code works once.
  arrive: (code) => tellOpen("/api/auth/oidc/tokens", { code }),
};
export const PROVIDER = "/api/auth/oidc";

export const datasets = {
  list: (signal) => ask(api`/knowledge-base/datasets`, { signal }),
  get: (id, signal) => ask(api`/knowledge-base/datasets/${id}`, { signal }),
  create: (json) => tell(api`/knowledge-base/datasets`, { json }),
  configure: (id, json) => ask(api`/knowledge-base/datasets/${id}/config`, { method: "PATCH", json }),
  reindexCost: (id, signal) => ask(api`/knowledge-base/datasets/${id}/re-index`, { signal }),
  reindex: (id) => ask(api`/knowledge-base/datasets/${id}/re-index`, { method: "POST" }),
  remove: (id) => ask(api`/knowledge-base/datasets/${id}`, { method: "DELETE" }),
};

export const files = {
  get: (dataset, id, signal) => ask(api`/knowledge-base/datasets/${dataset}/files/${id}`, { signal }),
  status: (dataset, id, signal) => ask(api`/knowledge-base/datasets/${dataset}/files/${id}/status`, { signal }),
  change: (dataset, id, json, signal) =>
    ask(api`/knowledge-base/datasets/${dataset}/files/${id}`, { method: "PATCH", json, signal }),
  remove: (dataset, id, signal) =>
    ask(api`/knowledge-base/datasets/${dataset}/files/${id}`, { method: "DELETE", signal }),
  chunks: (dataset, id, given, signal) =>
    ask(api`/knowledge-base/datasets/${dataset}/files/${id}/chunks` + query(given), { signal }),
  content: (dataset, id, signal) =>
    ask(api`/knowledge-base/datasets/${dataset}/files/${id}/content`, { signal, as: "blob" }),
  changeChunk: (dataset, id, chunk, json) =>
    ask(api`/knowledge-base/datasets/${dataset}/files/${id}/chunks/${chunk}`, { method: "PATCH", json }),
  addChunk: (dataset, id, json) => tell(api`/knowledge-base/datasets/${dataset}/files/${id}/chunks`, { json }),
  changes: (dataset, id, signal) => ask(api`/knowledge-base/datasets/${dataset}/files/${id}/chunk-changes`, { signal }),
  revert: (dataset, id, change) =>
    ask(api`/knowledge-base/datasets/${dataset}/files/${id}/chunk-changes/${change}`, { method: "DELETE" }),
  report: (dataset, id, signal) => ask(api`/knowledge-base/datasets/${dataset}/files/${id}/report`, { signal }),
  page: (dataset, id, page, signal) =>
    ask(api`/knowledge-base/datasets/${dataset}/files/${id}/pages/${page}`, { signal, as: "answer" }),
  uploadAddress: (dataset) => api`/knowledge-base/datasets/${dataset}/files/upload`,
};

// These only read, so they may be repeated.
export const search = (json, signal) => ask(api`/knowledge-base/search`, { method: "POST", json, signal });
export const citation = (key, signal) => ask(api`/knowledge-base/citations/${key}`, { signal });
export const whyNot = (json, signal) => ask(api`/knowledge-base/search/why-not`, { method: "POST", json, signal });

export const usage = (signal) => ask(api`/usage`, { signal });
export const overview = (signal) => ask(api`/knowledge-base/overview`, { signal });
export const latency = (given, signal) => ask(api`/knowledge-base/search-latency` + query(given), { signal });

export const doctor = {
  report: (signal) => ask(api`/knowledge-base/doctor`, { signal }),
  // One examination at a time: asking twice begins one.
  examine: () => ask(api`/knowledge-base/doctor/examinations`, { method: "POST" }),
  repair: (findingIds = null) => ask(api`/knowledge-base/doctor/repairs`, { method: "POST", json: findingIds ? { findingIds } : {} }),
};

// Another embedding model for a dataset, beside the vectors that are searched.
export const models = {
  list: (signal) => ask(api`/knowledge-base/embedding-models`, { signal }),
  changes: (dataset, signal) => ask(api`/knowledge-base/datasets/${dataset}/model-changes`, { signal }),
  begin: (dataset, json) => tell(api`/knowledge-base/datasets/${dataset}/model-changes`, { json }),
  // switch, cancel, rollback
  decide: (dataset, id, verb) => tell(api`/knowledge-base/datasets/${dataset}/model-changes/${id}/${verb}`),
};

// Under a name that was used before, the older one is replaced, so it may be said again.
export const saved = {
  list: (signal) => ask(api`/knowledge-base/saved-searches`, { signal }),
  save: (json) => ask(api`/knowledge-base/saved-searches`, { method: "PUT", json }),
  remove: (id) => ask(api`/knowledge-base/saved-searches/${id}`, { method: "DELETE" }),
};

export const versions = {
  list: (dataset, id, signal) => ask(api`/knowledge-base/datasets/${dataset}/files/${id}/versions`, { signal }),
  get: (dataset, id, number, given, signal) => ask(api`/knowledge-base/datasets/${dataset}/files/${id}/versions/${number}` + query(given), { signal }),
};

export const jobs = {
  list: (given, signal) => ask(api`/knowledge-base/jobs` + query(given), { signal }),
  retry: (id) => tell(api`/knowledge-base/jobs/${id}/retry`),
  cancel: (id) => tell(api`/knowledge-base/jobs/${id}/cancel`),
  drop: (id) => ask(api`/knowledge-base/jobs/${id}`, { method: "DELETE" }),
  cancelAll: (dataset) => ask(api`/knowledge-base/datasets/${dataset}/jobs/cancel`, { method: "POST" }),
  retryAll: (dataset) => tell(api`/knowledge-base/datasets/${dataset}/jobs/retry`),
};

export const questions = {
  sets: (signal) => ask(api`/knowledge-base/question-sets`, { signal }),
  create: (json) => tell(api`/knowledge-base/question-sets`, { json }),
  remove: (id) => ask(api`/knowledge-base/question-sets/${id}`, { method: "DELETE" }),
  list: (id, signal) => ask(api`/knowledge-base/question-sets/${id}/questions`, { signal }),
  // The last judgement of a passage counts, so it may be said again.
  judge: (id, json) => ask(api`/knowledge-base/question-sets/${id}/questions`, { method: "POST", json }),
  drop: (id, question) => ask(api`/knowledge-base/question-sets/${id}/questions/${question}`, { method: "DELETE" }),
  exported: (id) => ask(api`/knowledge-base/question-sets/${id}/export`),
  imported: (id, json) => tell(api`/knowledge-base/question-sets/${id}/import`, { json }),
  evaluate: (id, json) => tell(api`/knowledge-base/question-sets/${id}/evaluations`, { json }),
  evaluations: (id, signal) => ask(api`/knowledge-base/question-sets/${id}/evaluations`, { signal }),
};

export const calibration = {
  get: (dataset, signal) => ask(api`/knowledge-base/datasets/${dataset}/calibration`, { signal }),
  adopt: (dataset, evaluationId) => ask(api`/knowledge-base/datasets/${dataset}/calibration`, { method: "PUT", json: { evaluationId } }),
  drop: (dataset) => ask(api`/knowledge-base/datasets/${dataset}/calibration`, { method: "DELETE" }),
};

export const records = {
  list: (given, signal) => ask(api`/knowledge-base/search-records` + query(given), { signal }),
  gaps: (given, signal) => ask(api`/knowledge-base/search-gaps` + query(given), { signal }),
};

export const crawl = {
  sites: (dataset, signal) => ask(api`/knowledge-base/datasets/${dataset}/crawl/sites`, { signal }),
  save: (dataset, json) => ask(api`/knowledge-base/datasets/${dataset}/crawl`, { method: "PUT", json }),
  start: (dataset, json) => tell(api`/knowledge-base/datasets/${dataset}/crawl`, { json }),
  removeSite: (dataset, site, keepFiles) =>
    ask(api`/knowledge-base/datasets/${dataset}/crawl/sites/${site}` + query({ keepFiles }), { method: "DELETE" }),
  setLogin: (dataset, site, json) => ask(api`/knowledge-base/datasets/${dataset}/crawl/sites/${site}/login`, { method: "PUT", json }),
  clearLogin: (dataset, site) => ask(api`/knowledge-base/datasets/${dataset}/crawl/sites/${site}/login`, { method: "DELETE" }),
  history: (dataset, given, signal) => ask(api`/knowledge-base/datasets/${dataset}/crawl/history` + query(given), { signal }),
  get: (dataset, id, signal) => ask(api`/knowledge-base/datasets/${dataset}/crawl/${id}`, { signal }),
  urls: (dataset, id, given, signal) => ask(api`/knowledge-base/datasets/${dataset}/crawl/${id}/urls` + query(given), { signal }),
  // cancel, pause, resume, approve, reject
  decide: (dataset, id, verb) => tell(api`/knowledge-base/datasets/${dataset}/crawl/${id}/${verb}`),
};

export const approvals = {
  list: (given, signal) => ask(api`/approvals` + query(given), { signal }),
  stats: (signal) => ask(api`/approvals/stats`, { signal }),
  get: (id, signal) => ask(api`/approvals/${id}`, { signal }),
  resolve: (id, json) => tell(api`/approvals/${id}/resolve`, { json }),
};

export const access = {
  keys: (signal) => ask(api`/access-keys`, { signal }),
  createKey: (json) => tell(api`/access-keys`, { json }),
  rotateKey: (id, json) => tell(api`/access-keys/${id}/rotate`, { json }),
  revokeKey: (id) => ask(api`/access-keys/${id}`, { method: "DELETE" }),
  team: (signal) => ask(api`/team`, { signal }),
  invite: (json) => tell(api`/team/invite`, { json }),
  changeRole: (id, role) => ask(api`/team/users/${id}`, { method: "PATCH", json: { role } }),
  removeMember: (id) => ask(api`/team/users/${id}`, { method: "DELETE" }),
  audit: (given, signal) => ask(api`/audit-log` + query(given), { signal }),
  auditExport: (given) => ask(api`/audit-log/export` + query(given), { as: "blob" }),
};

// Of the platform's surface, which speaks in an envelope of its own.
const TEAMS = "/api/teams";
export const teams = {
  list: (signal) => ask(TEAMS + query({ limit: 200 }), { signal }),
  get: (id, signal) => ask(`${TEAMS}/${id}`, { signal }),
  create: (json) => tell(TEAMS, { json }),
  remove: (id) => ask(`${TEAMS}/${id}`, { method: "DELETE" }),
  add: (id, json) => tell(`${TEAMS}/${id}/members`, { json }),
  people: (signal) => ask("/api/users", { signal }),
};

// For those who run Cairn; 503 says that a part of it is not well, and which.
export async function readiness(signal) {
  const answer = await fetch("/ready", { signal, cache: "no-store" }).catch((error) => {
    throw signal.aborted ? error : unreachable();
  });
  const text = await answer.text();
  if (answer.status !== 200 && answer.status !== 503) throw problemOf(answer.status, text, null);
  return JSON.parse(text);
}
