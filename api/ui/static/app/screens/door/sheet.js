// A form before the door.
import { html, useEffect } from "../../html.js";

export const Sheet = ({ title, lead, onSubmit, children }) => {
  useEffect(() => {
    document.title = `${title} · Cairn`;
  }, [title]);
  const submit = (event) => {
    event.preventDefault();
    onSubmit?.();
  };
  return html`<form class="panel padded stack wide" onSubmit=${submit} novalidate>
    <div class="stack tight"><img src=${new URL("../../../icon.svg", import.meta.url).pathname} width="40" height="40" alt="" />
      <h1>${title}</h1>${lead && html`<p class="soft">${lead}</p>`}</div>${children}</form>`;
};
