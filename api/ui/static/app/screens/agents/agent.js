// One agent: what thinks for it, within which bounds, with which tools; and whether it could work now.
import { html, useState } from "../../html.js";
import * as work from "../../api/work.js";
import { may, useCaller } from "../../caller.js";
import { Button, Check, Choice, LinkButton, TextField } from "../../parts/controls.js";
import { Icon } from "../../parts/icon.js";
import { Page } from "../../parts/page.js";
import { Bones, Empty, Failure, Notice } from "../../parts/states.js";
import { say } from "../../parts/toast.js";
import { useAction, useResource } from "../../resource.js";
import { ADAPTERS, AgentStatus, TOOLS } from "./words.js";

const CRUMBS = [{ name: "Agents", to: "#/agents" }];
const WITH_MODEL = new Set(["openai", "anthropic"]);

export function Agent({ role }) {
  const caller = useCaller();
  const found = useResource((signal) => work.agents.get(role, signal), [role]);
  const testing = useAction(() => work.agents.test(role));
  const [tested, setTested] = useState(null);
  if (!found.data) {
    return html`<${Page} title="Agent" crumbs=${CRUMBS}>${found.error?.status === 404
      ? html`<div class="panel"><${Empty} icon="question" title="This agent is not here" action=${html`<${LinkButton} href="#/agents">To all agents<//>`} /></div>`
      : found.error ? html`<${Failure} error=${found.error} retry=${found.refresh} what="The agent could not be loaded." />` : html`<${Bones} rows=${8} />`}<//>`;
  }
  const agent = found.data;
  const manages = may(caller, "manage") && caller.agentRole === null;
  const put = (after) => {
    found.put(() => after);
    setTested(null);
  };
  return html`<${Page} narrow title=${agent.name} lead=${agent.about} crumbs=${CRUMBS} badge=${html`<${AgentStatus} agent=${agent} />`}
      actions=${html`<${Button} icon="pulse" busy=${testing.busy} onClick=${async () => setTested((await testing.run()) ?? null)}>Test<//>`}>
    ${testing.error && html`<${Failure} error=${testing.error} what="The test could not be made." />`}
    ${tested && html`<${Tested} result=${tested} />`}
    ${agent.lastErrorMessage && html`<${Notice} tone="warn"><p class="strong">The last trouble</p><p dir="auto">${agent.lastErrorMessage}</p><//>`}
    ${manages ? html`<${Settings} key=${JSON.stringify(agent)} agent=${agent} onSaved=${put} />` : html`<${Facts} agent=${agent} />`}
  <//>`;
}

const Tested = ({ result: { ok, message, checks } }) => html`<${Notice} tone=${ok ? "good" : "bad"}><p class="strong">${ok ? "It could work now." : message}</p>
  <ul class="stack tight">${checks.map((one) => html`<li class="row small" key=${one.name}><${Icon} name=${one.ok ? "check" : "close"} size=${13} label=${one.ok ? "well" : "not well"} /><span>${one.name}</span><span class="soft" dir="auto">${one.detail}</span></li>`)}</ul><//>`;

const Facts = ({ agent }) => html`<section class="panel padded stack" aria-label="Settings"><h2>Settings</h2><dl class="facts">
  <dt>Thinks with</dt><dd>${ADAPTERS[agent.adapterType] ?? agent.adapterType}</dd>${agent.model && html`<dt>Model</dt><dd><bdi>${agent.model}</bdi></dd>`}
  <dt>Tools</dt><dd>${agent.toolNames.map((name) => TOOLS[name] ?? name).join(", ") || "none"}</dd><dt>At the same time</dt><dd>${agent.concurrency}</dd></dl>
  <p class="small soft">Administrators change these.</p></section>`;

const text = (value) => (value ?? "") === "" ? "" : String(value);
const before = ({ adapterType, model, concurrency, maxCostUsdPerActivity, toolNames, adapterConfig: { promptTemplate, timeoutSec, maxTurnsPerRun, baseUrl } }) => ({
  adapterType, model: model === adapterType ? "" : model, concurrency: text(concurrency), cost: text(maxCostUsdPerActivity),
  toolNames: adapterType === "outside" && !toolNames.length ? Object.keys(TOOLS) : toolNames, // all of them, once it is run here
  promptTemplate: text(promptTemplate), timeoutSec: text(timeoutSec), maxTurnsPerRun: text(maxTurnsPerRun), baseUrl: text(baseUrl), apiKey: "",
});

// Only what was changed is sent: all else stays as the installation has it.
function changesOf(given, was) {
  const differs = (name) => given[name] !== was[name];
  const numeric = (name) => (given[name] === "" ? null : Number(given[name]));
  const config = {
    ...(differs("promptTemplate") && { promptTemplate: given.promptTemplate.trim() || null }), ...(differs("baseUrl") && { baseUrl: given.baseUrl.trim() || null }),
    ...(differs("timeoutSec") && { timeoutSec: numeric("timeoutSec") }), ...(differs("maxTurnsPerRun") && { maxTurnsPerRun: numeric("maxTurnsPerRun") }), ...(given.apiKey && { apiKey: given.apiKey }),
  };
  return {
    ...(differs("adapterType") && { adapterType: given.adapterType }), ...(differs("model") && given.model.trim() && { model: given.model.trim() }),
    ...(differs("concurrency") && { concurrency: numeric("concurrency") }), ...(differs("cost") && given.cost !== "" && { maxCostUsdPerActivity: numeric("cost") }),
    ...(differs("toolNames") && { toolNames: given.toolNames }), ...(Object.keys(config).length && { adapterConfig: config }),
  };
}

function Settings({ agent, onSaved }) {
  const was = before(agent);
  const [given, setGiven] = useState(was);
  const change = (part) => setGiven((now) => ({ ...now, ...part }));
  const saving = useAction(async () => {
    onSaved(await work.agents.change(agent.role, changesOf(given, was)));
    say("Saved. It holds from the next turn of a run on.");
  });
  const submit = (event) => {
    event.preventDefault();
    saving.run();
  };
  const field = (name, label, rest = {}) => html`<${TextField} label=${label} value=${given[name]} onValue=${(value) => change({ [name]: value })} wrong=${saving.error?.of?.(rest.of ?? name)} ...${rest} />`;
  return html`<form class="panel padded form" onSubmit=${submit} aria-label="Settings" novalidate>
    ${saving.error && html`<${Notice} tone="bad"><p>${saving.error.message}</p><//>`}
    <${Choice} label="Thinks with" value=${given.adapterType} options=${Object.entries(ADAPTERS)} onValue=${(adapterType) => change({ adapterType })} hint="Tasks that it is given from now on are done by this." />
    ${WITH_MODEL.has(given.adapterType) && html`<div class="pair">${field("model", "Model", { maxlength: 64, hint: "Empty: the installation's." })}${field("baseUrl", "Address of the server", { of: "adapterConfig.baseUrl", placeholder: "https://…", hint: "Empty: the installation's." })}
        ${field("apiKey", "Key", { of: "adapterConfig.apiKey", type: "password", autocomplete: "off", hint: agent.adapterConfig.env.apiKey ? "It has one of its own. Write another to replace it." : "Kept sealed, and never shown again." })}</div>
      ${field("promptTemplate", "What it is told first", { of: "adapterConfig.promptTemplate", multiline: true, rows: 4, maxlength: 20000 })}`}
    ${given.adapterType !== "outside" && html`<div class="pair">${field("maxTurnsPerRun", "Turns of a run", { of: "adapterConfig.maxTurnsPerRun", type: "number", min: 1, hint: "Empty: the installation's." })}
        ${field("timeoutSec", "Seconds of a run", { of: "adapterConfig.timeoutSec", type: "number", min: 1, hint: "Empty: the installation's." })}${field("concurrency", "Runs at the same time", { type: "number", min: 1, max: 10 })}
        ${field("cost", "Dollars for a task", { of: "maxCostUsdPerActivity", type: "number", min: 0, step: "any", hint: "Its runs end there." })}</div>
      <${Tools} value=${given.toolNames} onValue=${(toolNames) => change({ toolNames })} />`}
    <div><${Button} type="submit" kind="primary" busy=${saving.busy}>Save<//></div></form>`;
}

const Tools = ({ value, onValue }) => html`<fieldset class="stack tight"><legend class="small strong">What it may do</legend>${Object.entries(TOOLS).map(([name, label]) => html`
  <${Check} key=${name} checked=${value.includes(name)} onValue=${(isOn) => onValue(isOn ? [...value, name] : value.filter((one) => one !== name))}>${label}<//>`)}</fieldset>`;
