// Data from the server in a component: loaded, kept fresh, and left standing while a refresh fails.
import { useCallback, useEffect, useRef, useState } from "./html.js";
import { listen, live } from "./live.js";

const SOONEST_MS = 250;
const REST = 4; // times what the last look took, so that a long list is not all that the server does
const STRETCH = 10;

export const RESYNC = "resync";

// `load(signal)` gives a promise. `every(data)` says in how many milliseconds to look again; null: not by itself.
// `concerns(event)`: whether to look again because of what has happened. While events come, it looks by itself seldom.
// While `deps` stay the same, data of a failed refresh stays and `error` is set beside it.
export function useResource(load, deps, every = () => null, concerns = null) {
  const [state, setState] = useState({ data: null, error: null, loading: true });
  const now = useRef(null);
  now.current = { load, every, concerns };
  const round = useRef(() => {});

  useEffect(() => {
    const ending = new AbortController();
    let timer = null;
    let running = false;
    let again = false;
    let soon = null;
    let took = 0;

    async function run() {
      clearTimeout(timer);
      clearTimeout(soon);
      soon = null;
      if (running) {
        again = true;
        return;
      }
      running = true;
      let wait;
      const began = performance.now();
      try {
        const data = await now.current.load(ending.signal);
        if (ending.signal.aborted) return;
        setState({ data, error: null, loading: false });
        wait = now.current.every(data);
      } catch (error) {
        if (ending.signal.aborted) return;
        setState((before) => ({ ...before, error, loading: false }));
        wait = now.current.every(null) ?? (error.mayPass ? 8000 : null);
      } finally {
        running = false;
        took = performance.now() - began;
      }
      if (wait !== null && now.current.concerns && live.isOn) wait = Math.max(wait, Math.min(wait * STRETCH, 60_000));
      if (again) {
        again = false;
        run();
      } else if (wait !== null) {
        timer = setTimeout(tick, wait);
      }
    }
    // A page that nobody sees asks for nothing.
    const tick = () => (document.hidden ? document.addEventListener("visibilitychange", run, { once: true }) : run());

    const hear = (event) => {
      if (document.hidden || soon !== null || !(event.type === RESYNC || now.current.concerns(event))) return;
      soon = setTimeout(tick, Math.max(SOONEST_MS, took * REST));
    };
    const deaf = concerns ? listen(hear) : () => {};

    setState({ data: null, error: null, loading: true });
    round.current = run;
    run();
    return () => {
      ending.abort();
      deaf();
      clearTimeout(timer);
      clearTimeout(soon);
      document.removeEventListener("visibilitychange", run);
    };
  }, deps);

  const refresh = useCallback(() => round.current(), []);
  const put = useCallback(
    (change) => setState((before) => ({ ...before, data: change(before.data), error: null })), [],
  );
  return { ...state, refresh, put };
}

// A change on its way: `run()` starts it once, however often the button is pressed.
export function useAction(action) {
  const [state, setState] = useState({ busy: false, error: null });
  const busy = useRef(false);
  const latest = useRef(action);
  latest.current = action;
  const run = useCallback(async (...values) => {
    if (busy.current) return undefined;
    busy.current = true;
    setState({ busy: true, error: null });
    try {
      const result = await latest.current(...values);
      setState({ busy: false, error: null });
      return result;
    } catch (error) {
      setState({ busy: false, error });
      return undefined;
    } finally {
      busy.current = false;
    }
  }, []);
  const clear = useCallback(() => setState({ busy: false, error: null }), []);
  return { ...state, run, clear };
}
