// What is asked, as the address holds it: a link to this screen asks the same again.
export const SIDES = ["a", "b"];

export const START = { alpha: 0.7, topK: 5, minScore: 0, rerank: false };

const number = (text, fallback) => (text === null || text === "" || Number.isNaN(Number(text)) ? fallback : Number(text));

export function readQuery(params, defaults) {
  const start = { ...START, alpha: defaults.hybridAlpha, topK: defaults.topK };
  const side = (name) => ({
    alpha: number(params.get(`${name}.alpha`), start.alpha),
    topK: number(params.get(`${name}.top`), start.topK),
    minScore: number(params.get(`${name}.min`), start.minScore),
    rerank: params.get(`${name}.rerank`) === "1",
  });
  return {
    text: params.get("q") ?? "",
    datasets: (params.get("in") ?? "").split(",").filter(Boolean),
    compare: params.get("compare") === "1",
    a: side("a"),
    b: side("b"),
    filter: readFilter(params.get("filter")),
  };
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
    params[`${name}.alpha`] = side.alpha;
    params[`${name}.top`] = side.topK;
    if (side.minScore) params[`${name}.min`] = side.minScore;
    if (side.rerank) params[`${name}.rerank`] = 1;
  }
  if (compare) params.compare = 1;
  if (isNarrowed(filter)) params.filter = JSON.stringify(filter);
  return params;
}

export const isNarrowed = ({ sources, publishedAfter, publishedBefore, metadata }) =>
  Boolean(sources.length || publishedAfter || publishedBefore || metadata.some(({ name }) => name));

// The request of one side, as the API takes it.
export function requestOf({ text, datasets, filter }, { alpha, topK, minScore, rerank }) {
  const request = { query: text.trim(), datasetIds: datasets, topK, hybridAlpha: alpha };
  if (minScore) request.minScore = minScore;
  if (rerank) request.rerank = true;
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
  const side = ({ hybridAlpha = defaults.hybridAlpha, topK = defaults.topK, minScore = 0, rerank = false }) => ({ alpha: hybridAlpha, topK, minScore, rerank });
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
