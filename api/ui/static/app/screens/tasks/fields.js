// What a task and a recurring one are both given: whose it is, what is to be done, where it looks.
import { html } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { offers, useCaller } from "../../caller.js";
import { Check, Choice, TextField } from "../../parts/controls.js";
import { useResource } from "../../resource.js";

const AGENT = "agent:";
const PERSON = "human:";

// Who is first in the list: an agent that is run here.
export const firstOf = (agents) => {
  const [first] = [...agents].sort((one, other) => Number(isElsewhere(one)) - Number(isElsewhere(other)));
  return first ? AGENT + first.role : "";
};
export const NOTHING = { title: "", inputPrompt: "", who: "", datasetId: "", needsApproval: true };

export const asked = ({ inputPrompt, who, datasetId, needsApproval }) => ({
  inputPrompt: inputPrompt.trim(), needsApproval,
  ...(who.startsWith(PERSON) ? { assigneeId: who.slice(PERSON.length) } : { agentRole: who.slice(AGENT.length) }),
  ...(datasetId ? { datasetId } : {}),
});

export function check({ title, inputPrompt, who }) {
  if (!title.trim()) throw new Error("Give it a title.");
  if (!inputPrompt.trim()) throw new Error("Say what is to be done.");
  if (!who) throw new Error("Say whose it is.");
}

export function WorkFields({ given, agents, change, error, titleName = "Title" }) {
  const caller = useCaller();
  const others = useResource(async (signal) => {
    const [people, datasets] = await Promise.all([
      offers(caller, "dashboardTeamList") ? knowledge.access.team(signal).then(({ data }) => data.filter(({ type, status }) => type === "human" && status === "active"), () => []) : [],
      knowledge.datasets.list(signal).then(({ data }) => data),
    ]);
    return { people, datasets };
  }, []);
  const { people, datasets } = others.data ?? { people: [], datasets: [] };
  return html`<${TextField} label=${titleName} value=${given.title} onValue=${(title) => change({ title })} maxlength="300" dir="auto" autofocus wrong=${error?.of?.("title") ?? error?.of?.("name")} />
    <${TextField} label="What is to be done" multiline rows="4" value=${given.inputPrompt} onValue=${(inputPrompt) => change({ inputPrompt })} maxlength="20000" dir="auto"
      hint="What an agent is asked. The built-in one answers with quotes from the knowledge base." wrong=${error?.of?.("inputPrompt")} />
    <div class="pair"><${Choice} label="Who does it" value=${given.who} onValue=${(who) => change({ who })} wrong=${error?.of?.("agentRole")}
        options=${[...agents.map((one) => [AGENT + one.role, isElsewhere(one) ? `${one.name} (a program elsewhere)` : one.name]), ...people.map(({ id, name }) => [PERSON + id, name])]} />
      <${Choice} label="Where to look" value=${given.datasetId} onValue=${(datasetId) => change({ datasetId })} options=${[["", "Everything that the agent may see"], ...datasets.map(({ id, name }) => [id, name])]} /></div>
    <${Check} checked=${given.needsApproval} onValue=${(needsApproval) => change({ needsApproval })} hint="Until then it is not done, and can be sent back with a note.">A person approves what is brought<//>`;
}

const isElsewhere = ({ adapterType }) => adapterType === "outside";
