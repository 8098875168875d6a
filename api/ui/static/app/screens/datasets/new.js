// A dataset is made with a name; everything else has a default and can be changed later.
import { html, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { useCaller } from "../../caller.js";
import { Button, TextField } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction } from "../../resource.js";
import { go, href } from "../../router.js";
import { AgentRoles } from "./roles.js";
import { ChunkFields } from "./chunking.js";

export function NewDataset({ onClose }) {
  const { defaults } = useCaller();
  const [given, setGiven] = useState({
    name: "", description: "", allowedAgentRoles: [], parseType: "NAIVE", parserEngine: "NODE_NATIVE", separators: [],
    onlyMainContent: true, chunkSize: defaults.chunkSize, chunkOverlap: defaults.chunkOverlap,
  });
  const change = (part) => setGiven((before) => ({ ...before, ...part }));
  const making = useAction(async () => {
    if (!given.name.trim()) throw new Error("Give the dataset a name.");
    const made = await make({ ...given, name: given.name.trim(), description: given.description.trim() || null });
    say(html`Dataset <b dir="auto">${made.name}</b> is created. Now add files to it.`);
    onClose();
    go(href(["datasets", made.id]));
  });
  const { error } = making;
  return html`<${Dialog} title="New dataset" onClose=${onClose} busy=${making.busy} onSubmit=${making.run}
    foot=${html`<${Button} onClick=${onClose} disabled=${making.busy}>Cancel<//><${Button} type="submit" kind="primary" busy=${making.busy}>Create dataset<//>`}>
    ${error && html`<${Notice} tone="bad"><p>${error.message}</p><//>`}
    <${TextField} label="Name" value=${given.name} onValue=${(name) => change({ name })} maxlength="200" dir="auto" autofocus
      wrong=${error?.of?.("name")} autocomplete="off" />
    <${TextField} label="What it is about" hint="Shown in lists, and to agents that choose where to look." value=${given.description}
      onValue=${(description) => change({ description })} multiline maxlength="2000" dir="auto" />
    <${AgentRoles} value=${given.allowedAgentRoles} onValue=${(allowedAgentRoles) => change({ allowedAgentRoles })} />
    <details><summary>How files are cut into passages</summary><${ChunkFields} value=${given} onValue=${change} error=${error} /></details>
  <//>`;
}

// When the answer was lost on its way, the dataset may be there all the same: then it is the one that was asked for.
async function make(json) {
  const before = await knowledge.datasets.list();
  try {
    return await knowledge.datasets.create(json);
  } catch (error) {
    if (!error.mayPass) throw error;
    const known = new Set(before.data.map(({ id }) => id));
    const found = (await knowledge.datasets.list()).data.find(({ id, name }) => name === json.name && !known.has(id));
    if (!found) throw error;
    return found;
  }
}
