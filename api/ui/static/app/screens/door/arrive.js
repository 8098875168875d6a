// Back from the identity provider with a code, which fetches the tokens of an ordinary sign-in.
import { html, useEffect } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { Button, LinkButton } from "../../parts/controls.js";
import { Bones, Failure } from "../../parts/states.js";
import { useAction } from "../../resource.js";
import { session, tokensOf } from "../../session.js";
import { Sheet } from "./sheet.js";

export function Arrive({ code, onDone }) {
  const entering = useAction(async () => {
    const told = await knowledge.account.arrive(code);
    session.signIn(told.token, tokensOf({ refreshToken: told.refresh_token, user: told.user }));
    onDone();
  });
  useEffect(() => {
    entering.run();
  }, [code]);
  if (!entering.error) return html`<${Sheet} title="Coming in"><${Bones} rows=${2} /><//>`;
  return html`<${Sheet} title="The sign-in did not hold"><${Failure} error=${entering.error} what="The code works once, and for a minute." />
    <div class="row"><${LinkButton} kind="primary" href=${knowledge.PROVIDER}>Sign in again<//><${Button} onClick=${() => onDone()}>To the door<//></div><//>`;
}
