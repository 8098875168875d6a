// From an address to a screen.
import { html, useEffect, useRef } from "../html.js";
import { useCaller } from "../caller.js";
import { Empty } from "../parts/states.js";
import { Page } from "../parts/page.js";
import { LinkButton } from "../parts/controls.js";
import { href, useRoute } from "../router.js";
import { Datasets } from "./datasets/overview.js";
import { Dataset } from "./datasets/dataset.js";
import { FileScreen } from "./file/file.js";
import { Approvals } from "./approvals/approvals.js";
import { Agents } from "./agents/agents.js";
import { Access } from "./access/access.js";
import { Chat } from "./chat/chat.js";
import { History } from "./history/history.js";
import { Jobs } from "./jobs/jobs.js";
import { Questions } from "./questions/questions.js";
import { Tasks } from "./tasks/tasks.js";
import { System } from "./system/system.js";
import { Search } from "./search/search.js";
import { sections } from "./sections.js";

const SCREENS = {
  datasets: ({ parts, params }) => (parts[2] === "file" && parts[3] ? html`<${FileScreen} key=${parts[3]} datasetId=${parts[1]} fileId=${parts[3]} params=${params} />`
    : parts[1] ? html`<${Dataset} key=${parts[1]} id=${parts[1]} tab=${parts[2] ?? "files"} rest=${parts.slice(3)} params=${params} />`
    : html`<${Datasets} />`),
  chat: ({ parts }) => html`<${Chat} id=${parts[1]} />`,
  questions: ({ parts }) => html`<${Questions} key=${parts[1] ?? ""} id=${parts[1]} />`,
  history: () => html`<${History} />`,
  jobs: () => html`<${Jobs} />`,
  approvals: ({ parts, params }) => html`<${Approvals} id=${parts[1]} params=${params} />`,
  tasks: ({ parts }) => html`<${Tasks} id=${parts[1]} />`,
  agents: ({ parts }) => html`<${Agents} role=${parts[1]} />`,
  access: ({ parts }) => html`<${Access} tab=${parts[1]} />`,
  system: () => html`<${System} />`,
  search: ({ params, turn }) => html`<${Search} key=${turn} params=${params} />`,
};

export function Screen() {
  const caller = useCaller();
  const route = useRoute();
  const offered = sections(caller);
  const name = route.parts[0] ?? offered[0]?.path;
  useFocusOnArrival(route.parts.join("/"));
  if (!offered.length) return html`<${Page} title="Cairn"><${Empty} icon="key" title="This key opens nothing here">It may neither read nor search.<//><//>`;
  if (!offered.some(({ path }) => path === name)) return html`<${Unknown} to=${offered[0].path} />`;
  return SCREENS[name](route);
}

const Unknown = ({ to }) => html`<${Page} title="There is nothing at this address"><div class="panel">
  <${Empty} icon="question" title="Nothing is here" action=${html`<${LinkButton} href=${href([to])}>To the start<//>`}>The address may have been mistyped, or your key does not open it.<//></div><//>`;

// The heading of a new screen gets the focus, so that a screen reader reads it and Tab goes on from there.
function useFocusOnArrival(place) {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    scrollTo(0, 0);
    const heading = document.querySelector("main h1");
    if (heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  }, [place]);
}
