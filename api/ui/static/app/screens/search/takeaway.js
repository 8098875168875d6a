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
  mcp: (request) => `curl -sS ${location.origin}/mcp \\\n  -H "Authorization: Bearer $CAIRN_KEY" \\\n  -H "Accept: application/json, text/event-stream" \\\n  --json ${quoted(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "search", arguments: toolArguments(request) } }, null, 1))}`,
  json: (request) => JSON.stringify(request, null, 2),
};

// What an agent's tool takes; for the rest the dataset's own settings hold there.
function toolArguments({ query, datasetIds, topK, minScore, rerank, filter = {} }) {
  const given = {
    query, datasets: datasetIds, results: topK, min_score: minScore, rerank, sources: filter.sources,
    labels: filter.metadata && Object.fromEntries(Object.entries(filter.metadata).map(([name, value]) => [name, [value].flat()])),
    published_after: filter.publishedAfter, published_before: filter.publishedBefore,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const ONLY_HERE = { hybridAlpha: "the weight of words and meaning", fusion: "the way both are made one", diversity: "diversity", mergeNeighbours: "merging", include: "sections" };

function noteOn(way, request) {
  if (way !== "mcp") return "";
  const left = Object.entries(ONLY_HERE).filter(([name]) => name in request).map(([, text]) => text);
  return ` An agent's client sends this by itself once it knows the address /mcp.${left.length ? ` An agent's tool does not take ${new Intl.ListFormat("en", { type: "disjunction" }).format(left)}: the dataset's own settings hold there.` : ""}`;
}

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
    <div class="row"><${Segments} label="Language" value=${way} onValue=${setWay} options=${[["curl", "curl"], ["python", "Python"], ["mcp", "MCP"], ["json", "JSON"]]} />
      ${requests.length > 1 && html`<${Segments} label="Setting" value=${side} onValue=${setSide} options=${[["0", "A"], ["1", "B"]]} />`}</div>
    <${Code} text=${WAYS[way](request)} label="The request" />
    <p class="tiny soft">Put your key into the environment variable CAIRN_KEY first.${noteOn(way, request)}</p></div></details>`;
}
