// Which agents may use a dataset.
import { html, useState } from "../../html.js";
import { Button, Segments } from "../../parts/controls.js";
import { Icon } from "../../parts/icon.js";

const EVERY = "*";
const MODES = [["none", "None"], ["some", "Some"], ["every", "Every"]];

export function AgentRoles({ value, onValue, wrong = null }) {
  const named = value.filter((role) => role !== EVERY);
  const [mode, setMode] = useState(value.includes(EVERY) ? "every" : named.length ? "some" : "none");
  const [typed, setTyped] = useState("");
  const choose = (next) => {
    setMode(next);
    onValue({ none: [], some: named, every: [EVERY] }[next]);
  };
  const add = () => {
    const role = typed.trim();
    if (role && !named.includes(role)) onValue([...named, role]);
    setTyped("");
  };
  const keys = (event) => {
    if (event.key !== "Enter" && event.key !== ",") return;
    event.preventDefault();
    add();
  };
  return html`<div class="field">
    <span class="label">Agents that may search it</span>
    <div><${Segments} label="Agents that may search it" value=${mode} onValue=${choose} options=${MODES} /></div>
    ${mode === "some" && html`<div class="row">
      ${named.map((role) => html`<span class="chip" key=${role}><bdi>${role}</bdi>
        <${Button} kind="quiet" size="small" icon="close" label=${`Remove ${role}`} onClick=${() => onValue(named.filter((other) => other !== role))} /></span>`)}
      <input class="input role-name" aria-label="Agent role" placeholder="copywriter" value=${typed} maxlength="64"
        onInput=${(event) => setTyped(event.target.value)} onKeyDown=${keys} onBlur=${add} />
      <${Button} size="small" onClick=${add}><${Icon} name="add" />Add<//></div>`}
    <p class="hint">People with a key of the right role see every dataset. Agents, whose keys name an agent role, see only what is opened to them here.</p>
    ${wrong && html`<p class="wrong">${wrong}</p>`}
  </div>`;
}
