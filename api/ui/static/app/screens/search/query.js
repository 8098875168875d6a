// What is asked, as the address holds it: a link to this screen asks the same again.
export const SIDES = ["a", "b"];

// `alpha` and `fusion` null: as the datasets have them, so they are not sent.
const START = { alpha: null, topK: 5, minScore: 0, rerank: false, fusion: null, diversity: 0, merges: false, section: false };

const number = (text, fallback) => (text === null || text === "" || Number.isNaN(Number(text)) ? fallback : Number(text));
const yes = (text) => text === "1";

export function readQuery(params, defaults) {
  const side = (name) => {
    const given = (field) => params.get(`${name}.${field}`);
    return {
      alpha: number(given("alpha"), START.alpha), topK: number(given("top"), defaults.topK), minScore: number(given("min"), START.minScore),
      rerank: yes(given("rerank")), fusion: given("fusion"), diversity: number(given("diversity"), START.diversity),
      merges: yes(given("merge")), section: yes(given("section")),
    };
  };
  return {
    text: params.get("q") ?? "",
    datasets: (params.get("in") ?? "").split(",").filter(Boolean),
    compare: params.get("compare") === "1",
    a: side("a"),
    b: side("b"),
    filter: readFilter(params.get("filter")),
  };
}

// What holds where a search does not say: { alpha, fusion } of all that are searched, null where they differ.
export function ownOf(datasets, chosen, defaults) {
  const wanted = new Set(chosen);
  const searched = datasets.filter(({ id }) => wanted.has(id)).map(({ search }) => search);
  const shared = (field, fallback) => {
    const values = new Set(searched.map((search) => search[field] ?? fallback));
    return values.size > 1 ? null : [...values, fallback][0];
  };
  return { alpha: shared("hybridAlpha", defaults.hybridAlpha), fusion: shared("fusion", "weighted") };
}

function readFilter(text) {
  try {
    return { ...NO_FILTER, ...JSON.parse(text ?? "{}") };
  } catch {
    return NO_FILTER;
  }
}

export const NO_FILTER = { sources: [], publishedAfter: "", publishedBefore: "", metadata: [] };

export function writeQuery({ text, datasets, compare, a, b, filter }) {
  const params = { q: text, in: datasets.join(",") };
  for (const [name, side] of compare ? [["a", a], ["b", b]] : [["a", a]]) {
    const given = {
      alpha: side.alpha, top: side.topK, min: side.minScore || null, rerank: side.rerank ? 1 : null, fusion: side.fusion,
      diversity: side.diversity || null, merge: side.merges ? 1 : null, section: side.section ? 1 : null,
    };
    for (const [field, value] of Object.entries(given)) params[`${name}.${field}`] = value;
  }
  if (compare) params.compare = 1;
  if (isNarrowed(filter)) params.filter = JSON.stringify(filter);
  return params;
}

export const isNarrowed = ({ sources, publishedAfter, publishedBefore, metadata }) =>
  Boolean(sources.length || publishedAfter || publishedBefore || metadata.some(({ name }) => name));

// The request of one side, as the API takes it.
export function requestOf({ text, datasets, filter }, { alpha, topK, minScore, rerank, fusion, diversity, merges, section }) {
  const request = { query: text.trim(), datasetIds: datasets, topK };
  if (alpha !== null) request.hybridAlpha = alpha;
  if (fusion) request.fusion = fusion;
  if (minScore) request.minScore = minScore;
  if (rerank) request.rerank = true;
  if (diversity) request.diversity = diversity;
  if (merges) request.mergeNeighbours = true;
  if (section) request.include = ["section"];
  if (isNarrowed(filter)) request.filter = conditions(filter);
  return request;
}

function conditions({ sources, publishedAfter, publishedBefore, metadata }) {
  const given = {};
  if (sources.length) given.sources = sources;
  if (publishedAfter) given.publishedAfter = publishedAfter;
  if (publishedBefore) given.publishedBefore = publishedBefore;
  const named = metadata.filter(({ name }) => name);
  if (named.length) given.metadata = Object.fromEntries(named.map(({ name, value }) => [name, value]));
  return given;
}

// The other way round: what asks such requests again.
export function fromRequests(request, comparedWith, defaults) {
  const side = ({ hybridAlpha = null, topK = defaults.topK, minScore = 0, rerank = false, fusion = null, diversity = 0, mergeNeighbours = false, include = [] }) =>
    ({ alpha: hybridAlpha, topK, minScore, rerank, fusion, diversity, merges: mergeNeighbours, section: include.includes("section") });
  const { sources = [], publishedAfter = "", publishedBefore = "", metadata = {} } = request.filter ?? {};
  return {
    text: request.query,
    datasets: request.datasetIds,
    compare: Boolean(comparedWith),
    a: side(request),
    b: side(comparedWith ?? request),
    filter: {
      sources: sources ?? [], publishedAfter: publishedAfter?.slice(0, 10) ?? "", publishedBefore: publishedBefore?.slice(0, 10) ?? "",
      metadata: Object.entries(metadata ?? {}).flatMap(([name, values]) => [values].flat().map((value) => ({ name, value }))),
    },
  };
}
