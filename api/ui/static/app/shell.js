// The frame round every screen: navigation, theme, who is signed in.
import { html, useEffect, useState } from "./html.js";
import { useCaller } from "./caller.js";
import { Button } from "./parts/controls.js";
import { Icon } from "./parts/icon.js";
import { href, useRoute } from "./router.js";
import { sections } from "./screens/sections.js";
import { session } from "./session.js";
import { setTheme, theme, themes } from "./theme.js";

const THEME_NAMES = { system: "Theme: system", light: "Theme: light", dark: "Theme: dark" };

export function Shell({ children }) {
  const [open, setOpen] = useState(false);
  const { parts } = useRoute();
  const here = parts[0] ?? "datasets";
  useEffect(() => setOpen(false), [location.hash]);
  useEffect(() => {
    const escape = (event) => event.key === "Escape" && setOpen(false);
    addEventListener("keydown", escape);
    return () => removeEventListener("keydown", escape);
  }, []);
  const toContent = (event) => {
    event.preventDefault();
    document.getElementById("content").focus();
  };
  return html`<div class="shell">
    <a class="skip" href="#content" onClick=${toContent}>Skip to the content</a>
    <header class="topbar"><${Brand} />
      <${Button} kind="quiet" icon="menu" label="Navigation" aria-expanded=${String(open)} onClick=${() => setOpen(!open)} /></header>
    ${open && html`<button class="veil" aria-label="Close the navigation" onClick=${() => setOpen(false)}></button>`}
    <aside class=${`side ${open ? "open" : ""}`} aria-label="Navigation and account"><${Brand} /><${Navigation} here=${here} /><${Who} /></aside>
    <main class="content" id="content" tabindex="-1">${children}</main>
  </div>`;
}

const Brand = () => html`<a class="brand" href="#/datasets"><img src=${new URL("../icon.svg", import.meta.url).pathname} width="24" height="24" alt="" />Cairn</a>`;

function Navigation({ here }) {
  const caller = useCaller();
  return html`<nav aria-label="Main">
    ${sections(caller).map((section) => html`<a key=${section.path} href=${href([section.path])}
      aria-current=${section.path === here ? "page" : null}><${Icon} name=${section.icon} />${section.name}</a>`)}
    <a href="/docs" target="_blank" rel="noopener"><${Icon} name="external" />API</a>
  </nav>`;
}

function Who() {
  const caller = useCaller();
  const name = session.person?.name ?? caller.name;
  const [chosen, setChosen] = useState(theme);
  const choose = (name) => {
    setTheme(name);
    setChosen(name);
  };
  return html`<div class="who">
    <select class="input" aria-label="Theme" value=${chosen} onChange=${(event) => choose(event.target.value)}>
      ${themes.map((name) => html`<option value=${name} selected=${name === chosen}>${THEME_NAMES[name]}</option>`)}
    </select>
    <div class="row still"><${Icon} name="user" />
      <div class="grow small"><div class="clip strong" title=${name}><bdi>${name}</bdi></div>
        <div class="soft tiny">${caller.role}${caller.agentRole ? `, agent ${caller.agentRole}` : ""}</div></div></div>
    <${Button} size="small" onClick=${session.signOut}>Sign out<//>
    <p class="tiny soft">Cairn ${caller.version}</p>
  </div>`;
}
