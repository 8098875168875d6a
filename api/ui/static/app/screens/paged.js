// A list that the server gives page by page: what has been loaded, more on request.
import { useCallback, useEffect, useRef, useState } from "../html.js";
import { listen } from "../live.js";
import { RESYNC } from "../resource.js";

const SOONEST_MS = 400;

// load({ cursor }, signal) → { data, pagination }. Looks at the first page again every `every` ms while it is the only one,
// and when something has happened that it `concerns(event)`.
export function usePages(load, deps, every = null, concerns = null) {
  const [state, setState] = useState({ items: null, cursor: null, busy: true, error: null });
  const latest = useRef(load);
  latest.current = load;
  const pages = useRef(0);
  const turn = useRef(0);

  const fetchPage = useCallback(async (cursor, signal) => {
    const mine = (turn.current += 1);
    setState((before) => ({ ...before, busy: true, error: null }));
    try {
      const page = await latest.current({ cursor }, signal);
      if (mine !== turn.current || signal?.aborted) return;
      pages.current = cursor ? pages.current + 1 : 1;
      setState((before) => ({ items: cursor ? [...before.items, ...page.data] : page.data, cursor: page.pagination?.nextCursor ?? null, busy: false, error: null }));
    } catch (error) {
      if (!signal?.aborted && mine === turn.current) setState((before) => ({ ...before, busy: false, error }));
    }
  }, []);

  useEffect(() => {
    const ending = new AbortController();
    setState({ items: null, cursor: null, busy: true, error: null });
    fetchPage(null, ending.signal);
    const timer = every && setInterval(() => !document.hidden && pages.current <= 1 && fetchPage(null, ending.signal), every);
    let soon = null;
    const deaf = concerns ? listen((event) => {
      if (soon !== null || pages.current > 1 || !(event.type === RESYNC || concerns(event))) return;
      soon = setTimeout(() => {
        soon = null;
        fetchPage(null, ending.signal);
      }, SOONEST_MS);
    }) : () => {};
    return () => {
      ending.abort();
      deaf();
      clearTimeout(soon);
      clearInterval(timer);
    };
  }, deps);
  return { ...state, refresh: () => fetchPage(null), more: () => fetchPage(state.cursor) };
}
