// Searches that are kept under a name, to be made again by whoever may see their datasets.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { may, useCaller } from "../../caller.js";
import { ago } from "../../format.js";
import { Button, TextField } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Icon } from "../../parts/icon.js";
import { Failure, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";
import { href } from "../../router.js";
import { fromRequests, requestOf, writeQuery } from "./query.js";

const FEW = 6;

export function Saved({ sent }) {
  const saved = useResource((signal) => knowledge.saved.list(signal), []);
  const [saving, setSaving] = useState(false);
  const [all, setAll] = useState(false);
  if (saved.error && !saved.data) return html`<${Failure} error=${saved.error} retry=${saved.refresh} what="The saved searches could not be loaded." />`;
  const items = saved.data?.data ?? [];
  if (!items.length && !sent) return null;
  return html`<div class="saved" role="group" aria-label="Saved searches">
    ${items.length > 0 && html`<span class="small soft">Saved</span>`}
    ${items.slice(0, all ? undefined : FEW).map((one) => html`<${Chip} key=${one.id} saved=${one} refresh=${saved.refresh} />`)}
    ${items.length > FEW && !all && html`<${Button} size="small" kind="quiet" onClick=${() => setAll(true)}>${items.length - FEW} more<//>`}
    ${sent && html`<${Button} size="small" kind="quiet" icon="star" onClick=${() => setSaving(true)}>Save this search<//>`}
    ${saving && html`<${Save} sent=${sent} onClose=${() => setSaving(false)} refresh=${saved.refresh} />`}</div>`;
}

function Chip({ saved, refresh }) {
  const caller = useCaller();
  const removing = useAction(async () => {
    await knowledge.saved.remove(saved.id);
    say(html`<b dir="auto">${saved.name}</b> is not kept any more.`);
    refresh();
  });
  return html`<span class="chip">${saved.comparedWith && html`<${Icon} name="compare" size=${12} />`}
    <a class="clip" dir="auto" title=${`${saved.request.query} · saved ${saved.savedBy ? `by ${saved.savedBy} ` : ""}${ago(saved.savedOn)}`} href=${href(["search"], writeQuery(fromRequests(saved.request, saved.comparedWith, caller.defaults)))}>${saved.name}</a>
    ${(saved.isMine || may(caller, "manage")) && html`<${Button} kind="quiet" size="small" icon="close" label=${`Remove ${saved.name}`} busy=${removing.busy} onClick=${removing.run} />`}</span>`;
}

function Save({ sent, onClose, refresh }) {
  const [name, setName] = useState(sent.text.trim().slice(0, 80));
  const saving = useAction(async () => {
    if (!name.trim()) throw new Error("Give it a name.");
    await knowledge.saved.save({ name: name.trim(), request: requestOf(sent, sent.a), ...(sent.compare ? { comparedWith: requestOf(sent, sent.b) } : {}) });
    say("Saved.");
    onClose();
    refresh();
  });
  return html`<${Dialog} title="Save this search" lead=${`With its datasets, ${sent.compare ? "both settings" : "settings"} and conditions. Whoever may see the datasets sees it.`} onClose=${onClose} busy=${saving.busy} onSubmit=${saving.run}
    foot=${html`<${Button} onClick=${onClose} disabled=${saving.busy}>Cancel<//><${Button} type="submit" kind="primary" busy=${saving.busy}>Save<//>`}>
    ${saving.error && html`<${Notice} tone="bad"><p>${saving.error.message}</p><//>`}
    <${TextField} label="Name" value=${name} onValue=${setName} dir="auto" maxlength="200" autofocus hint="One of yours with the same name is replaced." /><//>`;
}
