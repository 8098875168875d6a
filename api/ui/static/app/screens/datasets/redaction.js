// Personal data that is replaced before a file is cut and indexed.
import { html } from "../../html.js";
import { Check, TextField } from "../../parts/controls.js";

export const KINDS = [
  ["email", "Mail addresses"], ["phone", "Phone numbers"], ["iban", "Bank accounts (IBAN)"], ["card", "Payment cards"],
  ["ip", "IP addresses"], ["national_id", "National ids"],
];
const PER_COUNTRY = ["phone", "national_id"];

export function RedactionFields({ value, onValue, error }) {
  const { kinds, countries } = value;
  const toggle = (kind, on) => onValue({ ...value, kinds: KINDS.map(([name]) => name).filter((name) => (name === kind ? on : kinds.includes(name))) });
  return html`<fieldset class="form"><legend class="soft small">What is chosen stands as [EMAIL] and the like in passages and searches. Originals stay as they are; agents cannot fetch them then.</legend>
    ${KINDS.map(([kind, name]) => html`<${Check} key=${kind} checked=${kinds.includes(kind)} onValue=${(on) => toggle(kind, on)}>${name}<//>`)}
    ${PER_COUNTRY.some((kind) => kinds.includes(kind)) && html`<${TextField} label="Countries" value=${countries.join(" ")} autocomplete="off"
      hint="ISO codes such as GB DE: whose phone numbers without a country's code, and whose ids. None: phone numbers with a country's code, and all ids."
      onValue=${(text) => onValue({ ...value, countries: text.toUpperCase().split(/[^A-Z]+/).filter(Boolean) })} wrong=${error?.of?.("redaction.countries")} />`}
  </fieldset>`;
}
