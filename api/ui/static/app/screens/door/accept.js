// An invitation becomes an account, and who made it is signed in.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { Button, Check, TextField } from "../../parts/controls.js";
import { Notice } from "../../parts/states.js";
import { useAction } from "../../resource.js";
import { session, tokensOf } from "../../session.js";
import { Sheet } from "./sheet.js";
import { PASSWORD_HINT, checkPassword } from "./password.js";

export function Accept({ token, onDone }) {
  const [given, setGiven] = useState({ name: "", email: "", password: "", agrees: false });
  const change = (part) => setGiven((before) => ({ ...before, ...part }));
  const accepting = useAction(async () => {
    if (!given.name.trim() || !given.email.trim()) throw new Error("Enter your name and the address that was invited.");
    checkPassword(given.password);
    if (!given.agrees) throw new Error("Say that you agree to how this server is used.");
    const email = given.email.trim();
    await knowledge.account.register({
      username: given.name.trim(), email, password: given.password, invite_code: token, terms_accepted: true, privacy_accepted: true,
    });
    const told = await knowledge.account.signIn(email, given.password);
    session.signIn(told.token, tokensOf({ refreshToken: told.refresh_token, user: told.user }));
    onDone();
  });
  const wrong = (field) => accepting.error?.of?.(field);
  if (!token) return html`<${Sheet} title="The link is not complete"><p>Open the invitation once more, as it was sent.</p><${Button} onClick=${() => onDone()}>To the door<//><//>`;
  return html`<${Sheet} title="Welcome to Cairn" lead="You were invited. Choose how you sign in from now on." onSubmit=${accepting.run}>
    ${accepting.error && html`<${Notice} tone="bad"><p>${accepting.error.message}</p><//>`}
    <${TextField} label="Your name" value=${given.name} onValue=${(name) => change({ name })} wrong=${wrong("username")} autocomplete="name" dir="auto" autofocus />
    <${TextField} label="E-mail address" type="email" value=${given.email} onValue=${(email) => change({ email })} wrong=${wrong("email")} autocomplete="username" hint="The one that the invitation was sent to." />
    <${TextField} label="Password" type="password" value=${given.password} onValue=${(password) => change({ password })} wrong=${wrong("password")} hint=${PASSWORD_HINT} autocomplete="new-password" />
    <${Check} checked=${given.agrees} onValue=${(agrees) => change({ agrees })}>I agree to the terms of use and to how data is handled here.<//>
    <${Button} kind="primary" type="submit" busy=${accepting.busy}>Come in<//><//>`;
}
