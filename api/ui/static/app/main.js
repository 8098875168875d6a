// The console: signs in, then shows the screen that the address names.
import { html, render, useEffect, useState } from "./html.js";
import * as knowledge from "./api/knowledge.js";
import { CallerContext } from "./caller.js";
import { Loaded } from "./parts/states.js";
import { Toasts } from "./parts/toast.js";
import { useResource } from "./resource.js";
import { Screen } from "./screens/screen.js";
import { SignIn } from "./screens/signin.js";
import { session } from "./session.js";
import { Shell } from "./shell.js";
import { applyTheme } from "./theme.js";

function App() {
  const [{ key, why }, setState] = useState({ key: session.key, why: null });
  useEffect(() => session.subscribe((value, reason) => setState({ key: value, why: reason })), []);
  return html`${key ? html`<${SignedIn} key=${key} />` : html`<${SignIn} why=${why} />`}<${Toasts} />`;
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
