// Text to take away.
import { html, useState } from "../html.js";
import { Button } from "./controls.js";

export function CopyButton({ text, label = "Copy", size = "small", ...rest }) {
  const [done, setDone] = useState(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone("Copied");
    } catch {
      setDone("Select it and copy by hand"); // no clipboard outside of HTTPS and localhost
    }
    setTimeout(() => setDone(null), 2500);
  };
  return html`<${Button} size=${size} icon=${done === "Copied" ? "check" : "copy"} onClick=${copy} aria-live="polite" ...${rest}>${done ?? label}<//>`;
}

export const Code = ({ text, label }) => html`
  <div class="code"><pre tabindex="0" role="region" aria-label=${label}>${text}</pre><${CopyButton} text=${text} /></div>`;
