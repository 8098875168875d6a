// One conversation: what was asked, and each answer with its sources.
import { html, useState } from "../../html.js";
import * as chat from "../../api/chat.js";
import { fullTime } from "../../format.js";
import { Button, LinkButton } from "../../parts/controls.js";
import { Confirm } from "../../parts/dialog.js";
import { Page } from "../../parts/page.js";
import { Bones, Empty, Failure, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";
import { go } from "../../router.js";
import { Answer } from "../tasks/answer.js";
import { Ask, Going, useAnswer } from "./asking.js";

const CRUMBS = [{ name: "Chat", to: "#/chat" }];
const EVERY_MS = 2000;

const isPending = (found) => found?.messages.some(({ status }) => status === "pending") ?? false;

export function Conversation({ id }) {
  const found = useResource((signal) => chat.conversations.get(id, signal), [id], (data) => (isPending(data) ? EVERY_MS : null));
  const { going, send } = useAnswer(async () => {
    const after = await chat.conversations.get(id);
    found.put(() => after);
    if (isPending(after)) found.refresh();
  });
  const [isLeaving, setLeaving] = useState(false);
  if (!found.data) {
    return html`<${Page} title="Conversation" crumbs=${CRUMBS}>${found.error?.status === 404
      ? html`<div class="panel"><${Empty} icon="question" title="This conversation is not here" action=${html`<${LinkButton} href="#/chat">To all conversations<//>`} /></div>`
      : found.error ? html`<${Failure} error=${found.error} retry=${found.refresh} what="The conversation could not be loaded." />` : html`<${Bones} rows=${8} />`}<//>`;
  }
  const { title, messages } = found.data;
  const isBusy = isPending(found.data) || (going !== null && !going.error);
  return html`<${Page} title=${title} crumbs=${CRUMBS} actions=${html`<${Button} icon="trash" onClick=${() => setLeaving(true)}>Delete<//>`}>
    ${messages.map((message, index) => html`<${Message} key=${message.id} message=${message} number=${index + 1} />`)}
    <${Going} going=${going} />
    <${Ask} label="Go on asking" verb="Ask" busy=${isBusy} onSend=${(message) => send({ message, conversationId: id })} />
    ${isLeaving && html`<${Delete} id=${id} title=${title} onClose=${() => setLeaving(false)} />`}
  <//>`;
}

function Message({ message: { role, content, status, error, isWithheld, createdOn }, number }) {
  const isMine = role === "user";
  const name = `${isMine ? "You" : "Answer"}, ${number}`;
  return html`<section class="panel padded stack" aria-label=${name}><p class="tiny soft" title=${fullTime(createdOn)}>${isMine ? "You" : "Answer"}</p>
    ${isMine ? html`<p class="strong" dir="auto">${content}</p>`
      : status === "pending" ? html`<p class="row small soft" role="status"><span class="spinner"></span>Searching and reading …</p>`
        : status === "failed" ? html`<${Notice} tone="warn"><p class="strong">There is no answer.</p><p dir="auto">${error}</p><//>`
          : isWithheld ? html`<p class="soft">${content}</p>`
            : html`<${Answer} text=${content} level=${2} name=${`Sources of ${name}`} />`}</section>`;
}

function Delete({ id, title, onClose }) {
  const deleting = useAction(async () => {
    await chat.conversations.remove(id);
    say("Deleted.");
    go("#/chat");
  });
  return html`<${Confirm} title="Delete this conversation?" verb="Delete" action=${deleting} onClose=${onClose}><p><b dir="auto">${title}</b> is gone then, with all that was said in it.</p><//>`;
}
