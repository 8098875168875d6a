// Asks for something again and again.
import { html, useState } from "../../html.js";
import * as work from "../../api/work.js";
import { Button, Choice, TextField } from "../../parts/controls.js";
import { Dialog } from "../../parts/dialog.js";
import { Bones, Failure, Notice } from "../../parts/states.js";
import { useAction, useResource } from "../../resource.js";
import { NOTHING, WorkFields, asked, check, firstOf } from "./fields.js";
import { ValueFields, namesIn } from "./values.js";
import { CHOICES, DAYS, START, scheduled } from "./when.js";

export function NewRecurring({ onClose, onDone }) {
  const agents = useResource((signal) => work.agents.list(signal).then(({ data }) => data), []);
  const [given, setGiven] = useState({ ...NOTHING, ...START, values: {} });
  const change = (part) => setGiven((before) => ({ ...before, ...part }));
  const who = given.who || firstOf(agents.data ?? []);
  const variables = namesIn(given.inputPrompt).map((name) => ({ key: name, label: name, required: true }));
  const making = useAction(async () => {
    check({ ...given, who });
    const variableValues = Object.fromEntries(variables.filter(({ key }) => given.values[key]).map(({ key }) => [key, given.values[key]]));
    await work.recurring.create({ name: given.title.trim(), ...asked({ ...given, who }), ...scheduled(given), variables, variableValues });
    onDone();
    onClose();
  });
  return html`<${Dialog} title="New recurring task" lead="Each time it is due a task is made, unless that of the last time is still open." onClose=${onClose} busy=${making.busy} onSubmit=${making.run}
    foot=${html`<${Button} onClick=${onClose} disabled=${making.busy}>Cancel<//><${Button} type="submit" kind="primary" busy=${making.busy}>Save<//>`}>
    ${making.error && html`<${Notice} tone="bad"><p>${making.error.message}</p><//>`}
    ${agents.error && html`<${Failure} error=${agents.error} retry=${agents.refresh} what="The agents could not be loaded." />`}
    ${agents.data ? html`<${WorkFields} given=${{ ...given, who }} agents=${agents.data} change=${change} error=${making.error} titleName="Name" />` : agents.loading && html`<${Bones} rows=${4} />`}
    ${variables.length > 0 && html`<fieldset class="form"><legend class="small strong">What stands for the names in double braces</legend><${ValueFields} variables=${variables} values=${given.values} onValues=${(values) => change({ values })} /></fieldset>`}
    <${When} given=${given} change=${change} error=${making.error} /><//>`;
}

const When = ({ given, change, error }) => html`<div class="pair">
  <${Choice} label="When" value=${given.how} options=${CHOICES} onValue=${(how) => change({ how })} wrong=${error?.of?.("trigger") ?? error?.of?.("cron")} />
  ${given.how === "week" && html`<${Choice} label="On" value=${given.weekday} options=${DAYS} onValue=${(weekday) => change({ weekday })} />`}
  ${given.how === "month" && html`<${TextField} label="On day" type="number" min="1" max="31" value=${given.day} onValue=${(day) => change({ day })} />`}
  ${given.how === "cron" && html`<${TextField} label="Cron expression" value=${given.cron} onValue=${(cron) => change({ cron })} placeholder="0 8 * * 1" maxlength="200" />`}
  ${!["cron", "manual"].includes(given.how) && html`<${TextField} label="At" type="time" value=${given.time} onValue=${(time) => change({ time })} />`}
  ${given.how !== "manual" && html`<${TextField} label="Time zone" value=${given.timeZone} onValue=${(timeZone) => change({ timeZone })} maxlength="64" wrong=${error?.of?.("timeZone")} />`}</div>`;
