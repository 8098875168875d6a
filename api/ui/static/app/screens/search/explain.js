// Why a result came back: legs, words, second look; and what it is worth, said by a person.
import { html, useState } from "../../html.js";
import { may, offers, useCaller } from "../../caller.js";
import { score } from "../../format.js";
import { Button } from "../../parts/controls.js";
import { Marks } from "./marks.js";

export function HitFoot({ hit, query }) {
  const caller = useCaller();
  const [open, setOpen] = useState(false);
  const judges = may(caller, "write") && offers(caller, "dashboardKbQuestionsJudge");
  if (!hit.explanation && !judges) return null;
  return html`<div class="row apart">
      ${hit.explanation && html`<${Button} kind="quiet" size="small" icon="info" aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>Why this one<//>`}
      ${judges && html`<${Marks} hit=${hit} query=${query} />`}</div>
    ${open && html`<${Explanation} of=${hit.explanation} />`}`;
}

function Explanation({ of: { vector, keyword, terms, fusedScore, fusedRank, rerankScore } }) {
  return html`<div class="explanation stack">
    <div class="scroll" tabindex="0" role="group" aria-label="Scores by leg"><table class="plain"><thead><tr><th>Leg</th><th class="end">Rank</th><th class="end">Score</th><th class="end">The engine's number</th></tr></thead><tbody>
      <tr><td>Meaning</td><td class="end numeric">${vector.rank ?? "not found"}</td><td class="end numeric">${score(vector.score)}</td><td class="end numeric">${vector.raw.toFixed(3)} cosine</td></tr>
      <tr><td>Words</td><td class="end numeric">${keyword.rank ?? "not found"}</td><td class="end numeric">${score(keyword.score)}</td><td class="end numeric">${keyword.raw.toFixed(2)} BM25</td></tr>
      <tr><td>Both</td><td class="end numeric">${fusedRank}</td><td class="end numeric">${score(fusedScore)}</td><td></td></tr>
      ${rerankScore !== undefined && html`<tr><td>Second look</td><td></td><td class="end numeric">${score(rerankScore)}</td><td></td></tr>`}
    </tbody></table></div>
    ${terms.length > 0
      ? html`<div class="row" role="group" aria-label="Words that matched">${terms.map(({ word, weight }) => html`<span class="chip"><bdi>${word}</bdi><span class="soft numeric">+${weight.toFixed(2)}</span></span>`)}</div>`
      : html`<p class="small soft">None of the question's words is in it: it was found by its meaning.</p>`}
  </div>`;
}
