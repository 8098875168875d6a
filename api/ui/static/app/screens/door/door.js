// What is before the door: signing in, an invitation, a new password. The last two come by links that the server sends;
// the identity provider sends people back with a code, or with why there is none.
import { html, useEffect } from "../../html.js";
import { Accept } from "./accept.js";
import { Arrive } from "./arrive.js";
import { Forgot, Reset } from "./password.js";
import { SignIn } from "./signin.js";

const LINKS = { "/invite": "invite", "/reset-password": "reset" };

// From such a link, with what stands behind its #; null elsewhere.
export function doorOf() {
  const name = LINKS[location.pathname];
  if (name) return { name, token: location.hash.slice(1) };
  const [, way, value] = /^#(oidc|signin)=([!-~]+)$/.exec(location.hash) ?? [];
  return way ? { name: way, token: value } : null;
}

export function Door({ why, door, onDoor }) {
  // The token works once and is nobody else's: it does not stay in the address.
  useEffect(() => {
    if (door?.token) history.replaceState(null, "", location.pathname);
  }, [door?.token]);
  const leave = (next = null) => {
    if (location.pathname !== "/") history.replaceState(null, "", "/");
    onDoor(next);
  };
  return html`<main class="door">
    ${door?.name === "invite" ? html`<${Accept} token=${door.token} onDone=${leave} />`
      : door?.name === "reset" ? html`<${Reset} token=${door.token} onDone=${leave} />`
      : door?.name === "forgot" ? html`<${Forgot} onDone=${leave} />`
      : door?.name === "oidc" ? html`<${Arrive} code=${door.token} onDone=${leave} />`
      : html`<${SignIn} why=${door?.name === "signin" ? door.token : why} onDone=${leave} onForgot=${() => onDoor({ name: "forgot" })} />`}
  </main>`;
}
