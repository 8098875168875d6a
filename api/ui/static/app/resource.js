// Data from the server in a component: loaded, kept fresh, and left standing while a refresh fails.
import { useCallback, useEffect, useRef, useState } from "./html.js";

// `load(signal)` gives a promise. `every(data)` says in how many milliseconds to look again; null: not by itself.
// While `deps` stay the same, data of a failed refresh stays and `error` is set beside it.
export function useResource(load, deps, every = () => null) {
  const [state, setState] = useState({ data: null, error: null, loading: true });
  const now = useRef(null);
  now.current = { load, every };
  const round = useRef(() => {});

  useEffect(() => {
    const ending = new AbortController();
    let timer = null;
    let running = false;
    let again = false;

    async function run() {
      clearTimeout(timer);
      if (running) {
        again = true;
        return;
      }
      running = true;
      let wait;
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
      }
      if (again) {
        again = false;
        run();
      } else if (wait !== null) {
        timer = setTimeout(tick, wait);
      }
    }
    // A page that nobody sees asks for nothing.
    const tick = () => (document.hidden ? document.addEventListener("visibilitychange", run, { once: true }) : run());

    setState({ data: null, error: null, loading: true });
    round.current = run;
    run();
    return () => {
      ending.abort();
      clearTimeout(timer);
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
