// Personal data that is replaced before a file is cut and indexed.
import { html, useState } from "../../html.js";
import { Check, TextField } from "../../parts/controls.js";

const KINDS = [
  ["email", "Mail addresses"], ["iban", "Bank accounts (IBAN)"], ["card", "Payment cards"], ["ip", "IP addresses"],
  ["national_id", "National ids"], ["phone", "Phone numbers"],
];
const PER_COUNTRY = ["phone", "national_id"];
const codesIn = (text) => text.toUpperCase().split(/[^A-Z]+/).filter(Boolean);

export function RedactionFields({ value, onValue, error }) {
  const { kinds, countries } = value;
  const [typed, setTyped] = useState("");
  const type = (text) => {
    setTyped(text);
    onValue({ ...value, countries: codesIn(text) });
  };
  const toggle = (kind, on) => onValue({ ...value, kinds: KINDS.map(([name]) => name).filter((name) => (name === kind ? on : kinds.includes(name))) });
  const shown = codesIn(typed).join() === countries.join() ? typed : countries.join(" ");
  return html`<fieldset class="form"><legend class="soft small">What is chosen stands as [EMAIL] and the like in passages and searches. Originals stay as they are; agents cannot fetch them then.</legend>
    ${KINDS.map(([kind, name]) => html`<${Check} key=${kind} checked=${kinds.includes(kind)} onValue=${(on) => toggle(kind, on)}>${name}<//>`)}
    ${PER_COUNTRY.some((kind) => kinds.includes(kind)) && html`<${TextField} label="Countries" value=${shown} onValue=${type} autocomplete="off"
      hint="ISO codes such as GB DE: whose phone numbers without a country's code, and whose ids. None: phone numbers with a country's code, and all ids."
      wrong=${error?.of?.("redaction.countries")} />`}
  </fieldset>`;
}
