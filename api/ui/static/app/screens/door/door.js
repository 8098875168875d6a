// What is before the door: signing in, an invitation, a new password. The last two come by links that the server sends.
import { html, useEffect } from "../../html.js";
import { Accept } from "./accept.js";
import { Forgot, Reset } from "./password.js";
import { SignIn } from "./signin.js";

const LINKS = { "/invite": "invite", "/reset-password": "reset" };

// From such a link, with what stands behind its #; null elsewhere.
export function doorOf() {
  const name = LINKS[location.pathname];
  return name ? { name, token: location.hash.slice(1) } : null;
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
      : html`<${SignIn} why=${why} onForgot=${() => onDoor({ name: "forgot" })} />`}
  </main>`;
}
