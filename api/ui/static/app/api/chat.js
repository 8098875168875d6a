// The operations of /dashboard/v1 on conversations with the assistant, by what they do.
import { api, ask, tell } from "./client.js";

export const conversations = {
  list: (signal) => ask(api`/chat/conversations`, { signal }),
  get: (id, signal) => ask(api`/chat/conversations/${id}`, { signal }),
  remove: (id) => ask(api`/chat/conversations/${id}`, { method: "DELETE" }),
  // An answer as a stream: text_delta, then completed or error.
  send: (json, signal) => tell(api`/chat/message`, { json, signal, as: "stream" }),
};

export const memories = {
  list: (signal) => ask(api`/chat/memories`, { signal }),
  add: (text) => tell(api`/chat/memories`, { json: { text } }),
  remove: (id) => ask(api`/chat/memories/${id}`, { method: "DELETE" }),
};
