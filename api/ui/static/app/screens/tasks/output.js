// The newest text that a task has brought, whole, with its sources.
import { html } from "../../html.js";
import * as work from "../../api/work.js";
import { fullTime } from "../../format.js";
import { Loaded } from "../../parts/states.js";
import { useResource } from "../../resource.js";
import { Answer } from "./answer.js";

export function Output({ task, level = 2, title = "Answer" }) {
  const output = useResource((signal) => work.activities.output(task.id, signal), [task.id, task.outputRef]);
  return html`<section class="panel padded stack" aria-label=${title}>
    <${Loaded} from=${output} what="What it has brought could not be loaded.">${({ text, version, createdOn }) => html`
      <div class="row apart"><${`h${level}`} dir="auto">${title}<//><span class="small soft" title=${fullTime(createdOn)}>Version ${version}</span></div>
      <${Answer} text=${text} level=${level + 1} name=${`Sources of ${title}`} />`}<//></section>`;
}
