// The operations of /dashboard/v1 on what people and agents work on, by what they do.
import { api, ask, query, tell } from "./client.js";

export const activities = {
  list: (given, signal) => ask(api`/activities` + query(given), { signal }),
  create: (json) => tell(api`/activities`, { json }),
  get: (id, signal) => ask(api`/activities/${id}`, { signal }),
  output: (id, signal) => ask(api`/activities/${id}/output`, { signal }),
  stream: (id, signal) => ask(api`/activities/${id}/stream`, { signal, as: "stream" }),
  comment: (id, json) => tell(api`/activities/${id}/comments`, { json }),
  retry: (id) => tell(api`/activities/${id}/retry`),
  pause: (id) => tell(api`/activities/${id}/pause`),
  resume: (id, json) => tell(api`/activities/${id}/resume`, { json }),
  cancel: (id) => tell(api`/activities/${id}/cancel`),
  blockers: (id, signal) => ask(api`/activities/${id}/blockers`, { signal }),
  answer: (id, blocker, json) => tell(api`/activities/${id}/blockers/${blocker}/resolve`, { json }),
};

export const agents = {
  list: (signal) => ask(api`/agents`, { signal }),
  get: (role, signal) => ask(api`/agents/${role}`, { signal }),
  change: (role, json) => ask(api`/agents/${role}`, { method: "PATCH", json }),
  test: (role) => tell(api`/agents/${role}/test`),
};

export const recurring = {
  list: (signal) => ask(api`/recurring-tasks`, { signal }),
  create: (json) => tell(api`/recurring-tasks`, { json }),
  change: (id, json) => ask(api`/recurring-tasks/${id}`, { method: "PATCH", json }),
  run: (id) => tell(api`/recurring-tasks/${id}/run`),
  remove: (id) => ask(api`/recurring-tasks/${id}`, { method: "DELETE" }),
};
