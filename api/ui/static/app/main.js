// The console: signs in, then shows the screen that the address names.
import { html, render, useEffect, useState } from "./html.js";
import * as knowledge from "./api/knowledge.js";
import { CallerContext } from "./caller.js";
import { Loaded } from "./parts/states.js";
import { Toasts } from "./parts/toast.js";
import { useResource } from "./resource.js";
import { Screen } from "./screens/screen.js";
import { Door, doorOf } from "./screens/door/door.js";
import { session } from "./session.js";
import { Shell } from "./shell.js";
import { applyTheme } from "./theme.js";

function App() {
  const [{ key, why, turn }, setState] = useState({ key: session.key, why: null, turn: 0 });
  const [door, setDoor] = useState(doorOf);
  // A person's key is renewed under way; what is on the screen stays.
  useEffect(() => session.subscribe((value, reason) => setState((before) => ({
    key: value, why: reason, turn: reason === "renewed" ? before.turn : before.turn + 1,
  }))), []);
  const inside = key && !door;
  return html`${inside ? html`<${SignedIn} key=${turn} />` : html`<${Door} why=${why} door=${door} onDoor=${setDoor} />`}<${Toasts} />`;
}

function SignedIn() {
  const caller = useResource((signal) => knowledge.me(signal), []);
  if (caller.data === null) {
    return html`<main class="content"><${Loaded} from=${caller} what="The server does not answer.">${() => null}<//></main>`;
  }
  return html`<${CallerContext.Provider} value=${caller.data}><${Shell}><${Screen} /><//><//>`;
}

applyTheme();
session.fromOtherTab().then(() => {
  const root = document.getElementById("app");
  root.textContent = "";
  render(html`<${App} />`, root);
});
