// A list that the server gives page by page: what has been loaded, more on request.
import { useEffect, useRef, useState } from "../html.js";
import { listen } from "../live.js";
import { RESYNC } from "../resource.js";

const SOONEST_MS = 400;
const NOTHING = { items: null, cursor: null, busy: true, error: null };

// load({ cursor }, signal) → { data, pagination }. Looks at the first page again every `every` ms while it is the only one,
// and when something has happened that it `concerns(event)`. Such a look begins only where none is on its way, so that a
// slow answer is not given up for the next one, and what is shown stays until there is an answer.
export function usePages(load, deps, every = null, concerns = null) {
  const [state, setState] = useState(NOTHING);
  const latest = useRef(load);
  latest.current = load;
  const now = useRef(null);

  const fetchPage = async (cursor, { isLook = false } = {}) => {
    const mine = now.current;
    if (!mine || (isLook && (mine.running || mine.pages > 1))) return;
    const turn = (mine.turn += 1);
    const holds = () => mine === now.current && turn === mine.turn;
    mine.running = true;
    if (!isLook) setState((before) => ({ ...before, busy: true }));
    try {
      const page = await latest.current({ cursor }, mine.ending.signal);
      if (!holds()) return;
      mine.pages = cursor ? mine.pages + 1 : 1;
      setState((before) => ({
        items: cursor ? [...before.items, ...page.data] : page.data, cursor: page.pagination?.nextCursor ?? null, busy: false, error: null,
      }));
    } catch (error) {
      if (holds()) setState((before) => ({ ...before, busy: false, error }));
    } finally {
      if (holds()) mine.running = false;
    }
  };

  useEffect(() => {
    now.current = { ending: new AbortController(), turn: 0, pages: 0, running: false };
    const { ending } = now.current;
    setState(NOTHING);
    fetchPage(null);
    const timer = every && setInterval(() => !document.hidden && fetchPage(null, { isLook: true }), every);
    let soon = null;
    const deaf = concerns ? listen((event) => {
      if (soon !== null || !(event.type === RESYNC || concerns(event))) return;
      soon = setTimeout(() => {
        soon = null;
        fetchPage(null, { isLook: true });
      }, SOONEST_MS);
    }) : () => {};
    return () => {
      now.current = null;
      ending.abort();
      deaf();
      clearTimeout(soon);
      clearInterval(timer);
    };
  }, deps);
  return { ...state, refresh: () => fetchPage(null), more: () => fetchPage(state.cursor) };
}
