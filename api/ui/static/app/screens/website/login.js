// What crawls sign in with: sent to the site's own origin only, kept sealed, and never shown again.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { Button, Segments, TextField } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction } from "../../resource.js";

const WAYS = [["password", "Name and password"], ["header", "Header"], ["cookie", "Cookie"]];
const NONE = { username: "", password: "", name: "", value: "" };

export function LoginDialog({ dataset, site, onClose, onDone }) {
  const [way, setWay] = useState("password");
  const [given, setGiven] = useState(NONE);
  const change = (part) => setGiven((before) => ({ ...before, ...part }));
  const saving = useAction(async () => {
    await knowledge.crawl.setLogin(dataset.id, site.siteId, requestOf(way, given));
    say("Crawls sign in with it from now on.");
    onDone();
  });
  const forgetting = useAction(async () => {
    await knowledge.crawl.clearLogin(dataset.id, site.siteId);
    say("The login is forgotten.");
    onDone();
  });
  const error = saving.error ?? forgetting.error;
  const choose = (next) => {
    setWay(next);
    setGiven(NONE);
  };
  return html`<${Dialog} title="Sign in to the website" lead=${html`For what <bdi>${site.startUrl}</bdi> shows only to those who may see it. It is sent to this site alone and never shown again.`} onClose=${onClose} busy=${saving.busy || forgetting.busy} onSubmit=${saving.run}
    foot=${html`${site.login && html`<${Button} icon="trash" busy=${forgetting.busy} onClick=${forgetting.run}>Forget the login<//>`}<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${saving.busy}>Save<//>`}>
    ${error && html`<${Notice} tone="bad"><p>${error.message}</p><//>`}
    ${site.login && html`<${Notice} tone="info"><p>There is a login. Another one takes its place.</p><//>`}
    <div><${Segments} label="How crawls sign in" value=${way} onValue=${choose} options=${WAYS} /></div>
    ${way === "password"
      ? html`<div class="pair"><${TextField} label="User name" value=${given.username} onValue=${(username) => change({ username })} autocomplete="off" />
          <${TextField} label="Password" type="password" value=${given.password} onValue=${(password) => change({ password })} autocomplete="new-password" /></div>`
      : html`<div class="pair"><${TextField} label=${way === "header" ? "Name of the header" : "Name of the cookie"} value=${given.name} onValue=${(name) => change({ name })} placeholder=${way === "header" ? "X-Api-Key" : "session"} autocomplete="off" class="input mono" />
          <${TextField} label="Its value" type="password" value=${given.value} onValue=${(value) => change({ value })} autocomplete="new-password" /></div>`}
  <//>`;
}

function requestOf(way, { username, password, name, value }) {
  if (way === "password") {
    if (!username || !password) throw new Error("Enter the user name and the password.");
    return { username, password };
  }
  if (!name.trim() || !value) throw new Error("Enter the name and the value.");
  return { [`${way}s`]: { [name.trim()]: value } };
}
