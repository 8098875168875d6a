// A new password: asked for by address, chosen by the link that was sent.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { Button, TextField } from "../../parts/controls.js";
import { Notice } from "../../parts/states.js";
import { useAction } from "../../resource.js";
import { Sheet } from "./sheet.js";

const LEAST = 12;
export const PASSWORD_HINT = `At least ${LEAST} characters. A few words in a row are easier to keep in mind than signs.`;

export function checkPassword(password) {
  if (password.length < LEAST) throw new Error(`A password has at least ${LEAST} characters.`);
}

export function Forgot({ onDone }) {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const asking = useAction(async () => {
    if (!email.trim()) throw new Error("Enter your e-mail address.");
    await knowledge.account.forgot(email.trim());
    setSent(true);
  });
  const back = html`<div><${Button} kind="quiet" size="small" icon="back" onClick=${() => onDone()}>Back to signing in<//></div>`;
  if (sent) {
    return html`<${Sheet} title="Look into your mail"><${Notice} tone="good"><p>If there is an account with this address, a link is on its way. It works once, for 30 minutes.</p><//>${back}<//>`;
  }
  return html`<${Sheet} title="A new password" lead="A link to choose one comes by mail." onSubmit=${asking.run}>
    ${asking.error && html`<${Notice} tone="bad"><p>${asking.error.message}</p><//>`}
    <${TextField} label="E-mail address" type="email" value=${email} onValue=${setEmail} autocomplete="username" autofocus />
    <${Button} kind="primary" type="submit" busy=${asking.busy}>Send the link<//>${back}<//>`;
}

export function Reset({ token, onDone }) {
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  const choosing = useAction(async () => {
    checkPassword(password);
    await knowledge.account.reset(token, password);
    setDone(true);
  });
  const enter = html`<${Button} kind="primary" onClick=${() => onDone()}>Sign in<//>`;
  if (done) return html`<${Sheet} title="The new password holds"><p>All earlier sign-ins have ended.</p>${enter}<//>`;
  if (!token) return html`<${Sheet} title="The link is not complete"><p>Open it once more as it stands in the message, or ask for a new one.</p>${enter}<//>`;
  return html`<${Sheet} title="Choose a new password" onSubmit=${choosing.run}>
    ${choosing.error && html`<${Notice} tone="bad"><p>${choosing.error.message}</p><//>`}
    <${TextField} label="New password" type="password" value=${password} onValue=${setPassword} hint=${PASSWORD_HINT} wrong=${choosing.error?.of?.("password")} autocomplete="new-password" autofocus />
    <${Button} kind="primary" type="submit" busy=${choosing.busy}>Keep it<//><//>`;
}
