// Addresses after the #, so that no path of the server's surfaces is taken: #/datasets/01K…/files?status=error
import { useEffect, useState } from "./html.js";

let turn = 0;

// `turn` tells one arrival from the next, also at the same address.
function read() {
  turn += 1;
  const [path, search = ""] = location.hash.slice(1).split("?", 2);
  const parts = path.split("/").filter(Boolean).map(decode);
  return { parts, params: new URLSearchParams(search), turn };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const href = (parts, params = {}) => {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = given.length ? `?${new URLSearchParams(given)}` : "";
  return `#/${parts.map((part) => encodeURIComponent(part)).join("/")}${search}`;
};

export function go(to, { replace = false } = {}) {
  if (!replace) {
    location.hash = to;
    return;
  }
  history.replaceState(null, "", to);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useRoute() {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const change = () => setRoute(read());
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return route;
}
