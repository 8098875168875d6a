// What the caller has the assistant keep in mind: added and removed here, and nowhere else.
import { html, useState } from "../../html.js";
import * as chat from "../../api/chat.js";
import { Button, TextField } from "../../parts/controls.js";
import { Loaded, Notice } from "../../parts/states.js";
import { useAction, useResource } from "../../resource.js";

const LONGEST = 1000;

export function Memories() {
  const found = useResource((signal) => chat.memories.list(signal).then(({ data }) => data), []);
  const [text, setText] = useState("");
  const adding = useAction(async () => {
    const added = await chat.memories.add(text.trim());
    found.put((items) => [...(items ?? []), added]);
    setText("");
  });
  const removing = useAction(async (id) => {
    await chat.memories.remove(id);
    found.put((items) => items.filter((one) => one.id !== id));
  });
  const submit = (event) => {
    event.preventDefault();
    if (text.trim()) adding.run();
  };
  const trouble = adding.error ?? removing.error;
  return html`<section class="panel padded stack" aria-label="Kept in mind"><h2>Kept in mind</h2>
    <p class="small soft">A model that answers you is told of this with each question. Nothing is added by itself.</p>
    ${trouble && html`<${Notice} tone="bad"><p>${trouble.message}</p><//>`}
    <${Loaded} from=${found} what="What is kept in mind could not be loaded." rows=${2}>${(items) => items.length > 0 && html`<ul class="stack tight">${items.map((one) => html`
      <li class="row" key=${one.id}><span class="grow" dir="auto">${one.text}</span><${Button} kind="quiet" size="small" icon="close" label=${`Forget: ${one.text}`} onClick=${() => removing.run(one.id)} /></li>`)}</ul>`}<//>
    <form class="form" onSubmit=${submit} aria-label="Keep in mind" novalidate><${TextField} label="To be kept in mind" value=${text} onValue=${setText} maxlength=${LONGEST} dir="auto" />
      <div><${Button} type="submit" busy=${adding.busy} disabled=${!text.trim() && !adding.busy}>Keep<//></div></form></section>`;
}
