// The same request outside of the browser.
import { html, useState } from "../../html.js";
import { Segments } from "../../parts/controls.js";
import { Code } from "../../parts/copy.js";

const ADDRESS = () => `${location.origin}/dashboard/v1/knowledge-base/search`;

const WAYS = {
  curl: (request) => `curl -sS ${ADDRESS()} \\\n  -H "Authorization: Bearer $CAIRN_KEY" \\\n  --json ${quoted(JSON.stringify(request))}`,
  python: (request) => `import os

import httpx

answer = httpx.post(
    ${JSON.stringify(ADDRESS())},
    headers={"Authorization": f"Bearer {os.environ['CAIRN_KEY']}"},
    json=${python(request, 4)},
)
for hit in answer.raise_for_status().json()["results"]:
    print(round(hit["score"], 3), hit["fileName"], hit["content"][:80])`,
  json: (request) => JSON.stringify(request, null, 2),
};

// For a POSIX shell.
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// A value as Python writes it.
export function python(value, indent = 0) {
  const pad = " ".repeat(indent + 4);
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null) return "None";
  if (Array.isArray(value)) return `[${value.map((item) => python(item, indent)).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{\n${Object.entries(value).map(([key, item]) => `${pad}${JSON.stringify(key)}: ${python(item, indent + 4)},\n`).join("")}${" ".repeat(indent)}}`;
}

export function Takeaway({ requests }) {
  const [way, setWay] = useState("curl");
  const [side, setSide] = useState("0");
  const request = requests[Number(side)] ?? requests[0];
  return html`<details class="panel padded"><summary>This request elsewhere</summary><div class="stack">
    <div class="row"><${Segments} label="Language" value=${way} onValue=${setWay} options=${[["curl", "curl"], ["python", "Python"], ["json", "JSON"]]} />
      ${requests.length > 1 && html`<${Segments} label="Setting" value=${side} onValue=${setSide} options=${[["0", "A"], ["1", "B"]]} />`}</div>
    <${Code} text=${WAYS[way](request)} label="The request" />
    <p class="tiny soft">Put your key into the environment variable CAIRN_KEY first.</p></div></details>`;
}
