// The operations of /dashboard/v1 that the console uses, by what they do.
import { api, ask, query, tell } from "./client.js";

export const me = (signal) => ask(api`/me`, { signal });

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
  chunks: (dataset, id, { cursor, limit } = {}, signal) =>
    ask(api`/knowledge-base/datasets/${dataset}/files/${id}/chunks` + query({ cursor, limit }), { signal }),
  content: (dataset, id, signal) =>
    ask(api`/knowledge-base/datasets/${dataset}/files/${id}/content`, { signal, as: "blob" }),
  uploadAddress: (dataset) => api`/knowledge-base/datasets/${dataset}/files/upload`,
};

// Reads only, so it may be repeated.
export const search = (json, signal) => ask(api`/knowledge-base/search`, { method: "POST", json, signal });
