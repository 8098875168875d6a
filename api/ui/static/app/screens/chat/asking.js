// A question on its way: what is typed, and the answer while it comes. The server keeps both, whoever listens.
import { html, useCallback, useEffect, useRef, useState } from "../../html.js";
import * as chat from "../../api/chat.js";
import { ApiError } from "../../api/client.js";
import { eventsOf } from "../../events.js";
import { Button, TextField } from "../../parts/controls.js";
import { Failure } from "../../parts/states.js";

const LONGEST = 8000;
const CUT = () => new ApiError({ status: 0, code: "CUT", message: "The connection was cut. The answer will be in the conversation." });

// `going`: { question, text, error } of the answer that is waited for; null: of none. `onEnd({ conversationId })` when it
// is there, has failed or takes longer than a request waits: the conversation tells which.
export function useAnswer(onEnd) {
  const [going, setGoing] = useState(null);
  const latest = useRef(onEnd);
  latest.current = onEnd;
  const ending = useRef(new AbortController());
  useEffect(() => () => ending.current.abort(), []);
  const send = useCallback(async (json) => {
    setGoing({ question: json.message, text: "", error: null });
    try {
      let end = null;
      await eventsOf(await chat.conversations.send(json, ending.current.signal), ({ type, data }) => {
        if (type === "text_delta") setGoing((before) => ({ ...before, text: before.text + data.delta }));
        else end = data;
      });
      if (end === null) throw CUT();
      await latest.current(end);
      setGoing(null);
    } catch (error) {
      if (!ending.current.signal.aborted) setGoing((before) => ({ ...before, error }));
    }
  }, []);
  return { going, send };
}

export function Ask({ label, verb, busy, onSend }) {
  const [text, setText] = useState("");
  const submit = (event) => {
    event.preventDefault();
    if (busy || !text.trim()) return;
    onSend(text.trim());
    setText("");
  };
  // Enter sends, as in every chat; with Shift it begins a line.
  const press = (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && submit(event);
  return html`<form class="panel padded form" onSubmit=${submit} aria-label=${verb} novalidate>
    <${TextField} label=${label} value=${text} onValue=${setText} multiline rows=${2} maxlength=${LONGEST} dir="auto" onKeyDown=${press} />
    <div><${Button} type="submit" kind="primary" busy=${busy} disabled=${!text.trim() && !busy}>${verb}<//></div></form>`;
}

export function Going({ going }) {
  if (going === null) return null;
  return html`<section class="panel padded stack" aria-label="Being answered"><p class="strong" dir="auto">${going.question}</p>
    ${going.error ? html`<${Failure} error=${going.error} what="The question was not answered." />`
      : html`<p class="row small soft" role="status"><span class="spinner"></span>Searching and reading …</p>`}</section>`;
}
