// The door: a key, checked by asking the server whose it is, a person's address and password, or an identity provider.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { Button, LinkButton, Segments, TextField } from "../../parts/controls.js";
import { Notice } from "../../parts/states.js";
import { useAction, useResource } from "../../resource.js";
import { session, tokensOf } from "../../session.js";
import { Sheet } from "./sheet.js";

const REASONS = {
  expired: "You are signed out: your key is no longer accepted, or its time is over.",
  elsewhere: "You signed out in another tab.",
  refused: "Your organization's sign-in did not let you in. Ask an administrator to invite you, or try again.",
  away: "Your organization's sign-in does not answer just now.",
};
const WAYS = [["key", "With a key"], ["password", "With a password"]];
const REMEMBERED = "cairn.way";

export function SignIn({ why, onForgot, onDone }) {
  const [way, setWay] = useState(() => (localStorage.getItem(REMEMBERED) === "password" ? "password" : "key"));
  const choose = (next) => {
    localStorage.setItem(REMEMBERED, next);
    setWay(next);
  };
  const ways = useResource((signal) => knowledge.account.ways(signal), []);
  const above = html`
    ${REASONS[why] && html`<${Notice} tone="warn"><p>${REASONS[why]}</p><//>`}
    <div><${Segments} label="How to sign in" value=${way} onValue=${choose} options=${WAYS} /></div>
    ${ways.data?.data.identity_provider && html`<div class="row"><${LinkButton} icon="key" href=${knowledge.PROVIDER}>Sign in with your organization<//></div>`}`;
  return way === "key" ? html`<${ByKey} above=${above} onDone=${onDone} />` : html`<${ByPassword} above=${above} onDone=${onDone} onForgot=${onForgot} />`;
}

function ByKey({ above, onDone }) {
  const [key, setKey] = useState("");
  const entering = useAction(async () => {
    const given = key.trim();
    if (!/^[!-~]+$/.test(given)) throw new Error(given ? "A key has no spaces and only plain characters." : "Enter a key.");
    await knowledge.whose(given);
    session.signIn(given);
    onDone();
  });
  const wrong = entering.error && (entering.error.status === 401 ? "This key is not accepted. Is it complete?" : entering.error.message);
  return html`<${Sheet} title="Sign in to Cairn" onSubmit=${entering.run}>${above}
    <${TextField} label="Key" type="password" value=${key} onValue=${setKey} wrong=${wrong} autocomplete="current-password"
      autofocus spellcheck=${false} hint="The first start of the server showed the administrator's key; cairn keys create makes others." />
    <${Button} kind="primary" type="submit" busy=${entering.busy}>Sign in<//>
    <p class="tiny soft">The key stays in this browser until you close its tabs, and goes nowhere but to this server.</p><//>`;
}

function ByPassword({ above, onForgot, onDone }) {
  const [given, setGiven] = useState({ email: "", password: "" });
  const entering = useAction(async () => {
    if (!given.email.trim() || !given.password) throw new Error("Enter your e-mail address and your password.");
    const told = await knowledge.account.signIn(given.email.trim(), given.password);
    session.signIn(told.token, tokensOf({ refreshToken: told.refresh_token, user: told.user }));
    onDone();
  });
  return html`<${Sheet} title="Sign in to Cairn" onSubmit=${entering.run}>${above}
    ${entering.error && html`<${Notice} tone="bad"><p>${entering.error.message}</p><//>`}
    <${TextField} label="E-mail address" type="email" value=${given.email} onValue=${(email) => setGiven({ ...given, email })} autocomplete="username" autofocus />
    <${TextField} label="Password" type="password" value=${given.password} onValue=${(password) => setGiven({ ...given, password })} autocomplete="current-password" />
    <${Button} kind="primary" type="submit" busy=${entering.busy}>Sign in<//>
    <div><${Button} kind="quiet" size="small" onClick=${onForgot}>Forgot your password?<//></div><//>`;
}
