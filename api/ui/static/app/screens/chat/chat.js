// Conversations with the assistant: begin one, go on with one, and what it is to keep in mind.
import { html } from "../../html.js";
import * as chat from "../../api/chat.js";
import { ago, fullTime } from "../../format.js";
import { Page } from "../../parts/page.js";
import { Rows } from "../../parts/rows.js";
import { Empty, Loaded } from "../../parts/states.js";
import { useResource } from "../../resource.js";
import { go, href } from "../../router.js";
import { Ask, Going, useAnswer } from "./asking.js";
import { Conversation } from "./conversation.js";
import { Memories } from "./memories.js";

export const Chat = ({ id }) => (id ? html`<${Conversation} key=${id} id=${id} />` : html`<${Start} />`);

function Start() {
  const found = useResource((signal) => chat.conversations.list(signal).then(({ data }) => data), []);
  const { going, send } = useAnswer(({ conversationId }) => go(href(["chat", conversationId])));
  return html`<${Page} narrow title="Chat" lead="Ask, and get an answer from what you and the agent may both read, with its sources.">
    <${Ask} label="Your question" verb="Ask" busy=${going !== null && !going.error} onSend=${(message) => send({ message })} />
    <${Going} going=${going} />
    <section class="panel padded stack" aria-label="Conversations"><h2>Conversations</h2>
      <${Loaded} from=${found} what="The conversations could not be loaded.">${(items) => (items.length === 0
        ? html`<${Empty} icon="question" title="Nothing was asked yet">What you ask stands here, for you alone.<//>`
        : html`<div class="scroll"><table class="plain cards"><thead><tr><th>Conversation</th><th class="end">Last</th></tr></thead>
          <tbody><${Rows} items=${items} deps=${[items]} columns=${2} draw=${(one) => html`<${Line} key=${one.id} conversation=${one} />`} /></tbody></table></div>`)}<//></section>
    <${Memories} />
  <//>`;
}

const Line = ({ conversation: { id, title, lastMessage, updatedOn } }) => html`<tr><td class="roomy"><a class="strong" dir="auto" href=${href(["chat", id])}>${title}</a><div class="tiny soft clip" dir="auto">${lastMessage}</div></td>
  <td class="end numeric" data-label="Last" title=${fullTime(updatedOn)}>${ago(updatedOn)}</td></tr>`;
