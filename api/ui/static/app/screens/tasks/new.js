// Gives somebody something to do.
import { html, useState } from "../../html.js";
import * as work from "../../api/work.js";
import { Button } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Notice } from "../../parts/states.js";
import { useAction } from "../../resource.js";
import { go, href } from "../../router.js";
import { NOTHING, WorkFields, asked, check, firstOf } from "./fields.js";

export function NewTask({ agents, onClose, onDone }) {
  const [said, setSaid] = useState(NOTHING);
  const given = { ...said, who: said.who || firstOf(agents) }; // who opens this at once does so before the agents are there
  const making = useAction(async () => {
    check(given);
    const made = await work.activities.create({ title: given.title.trim(), ...asked(given) });
    onDone();
    onClose();
    go(href(["tasks", made.id]));
  });
  return html`<${Dialog} title="New task" onClose=${onClose} busy=${making.busy} onSubmit=${making.run}
    foot=${html`<${Button} onClick=${onClose} disabled=${making.busy}>Cancel<//><${Button} type="submit" kind="primary" busy=${making.busy}>Give the task<//>`}>
    ${making.error && html`<${Notice} tone="bad"><p>${making.error.message}</p><//>`}
    <${WorkFields} given=${given} agents=${agents} change=${(part) => setSaid((before) => ({ ...before, ...part }))} error=${making.error} />
  <//>`;
}
