// The door: a key, checked by asking the server whose it is.
import { html, useEffect, useState } from "../html.js";
import { Button, TextField } from "../parts/controls.js";
import { Notice } from "../parts/states.js";
import * as knowledge from "../api/knowledge.js";
import { useAction } from "../resource.js";
import { session } from "../session.js";

const REASONS = {
  expired: "Your key is no longer accepted: it was revoked, or its time is over.",
  elsewhere: "You signed out in another tab.",
};

export function SignIn({ why }) {
  const [key, setKey] = useState("");
  useEffect(() => {
    document.title = "Sign in · Cairn";
  }, []);
  const entering = useAction(async () => {
    const given = key.trim();
    if (!/^[!-~]+$/.test(given)) throw new Error(given ? "A key has no spaces and only plain characters." : "Enter a key.");
    await knowledge.whose(given);
    session.signIn(given);
  });
  const submit = (event) => {
    event.preventDefault();
    entering.run();
  };
  const wrong = entering.error && (entering.error.status === 401 ? "This key is not accepted. Is it complete?" : entering.error.message);
  return html`<main class="door">
    <form class="panel padded stack wide" onSubmit=${submit} novalidate>
      <div class="stack tight"><img src=${new URL("../../icon.svg", import.meta.url).pathname} width="40" height="40" alt="" />
        <h1>Sign in to Cairn</h1></div>
      ${REASONS[why] && html`<${Notice} tone="warn"><p>${REASONS[why]}</p><//>`}
      <${TextField} label="Key" type="password" value=${key} onValue=${setKey} wrong=${wrong} autocomplete="current-password"
        autofocus spellcheck=${false} hint="The first start of the server showed the administrator's key; cairn keys create makes others." />
      <${Button} kind="primary" type="submit" busy=${entering.busy}>Sign in<//>
      <p class="tiny soft">The key stays in this browser until you close its tabs, and goes nowhere but to this server.</p>
    </form>
  </main>`;
}
