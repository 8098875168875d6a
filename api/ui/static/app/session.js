// Who is signed in, for as long as this browser session lasts: a key, or the tokens of a person who gave a password. In
// sessionStorage, which closes with the tab, and handed to other tabs of this origin that ask. Nothing ever is in a
// cookie, so no other site can make a browser use it.
const STORED = "cairn.key";
const STORED_TOKENS = "cairn.session";
const ANSWER_MS = 250;
const CLAIM_MS = 200;
const CLAIM_HOLDS_MS = 5000;
const HANDED_OVER_MS = 10_000;
const EARLY_MS = 60_000;
const LASTS_MS = 15 * 60_000;

let key = sessionStorage.getItem(STORED);
let tokens = JSON.parse(sessionStorage.getItem(STORED_TOKENS) ?? "null"); // { refresh, until, name } of a person
let renewing = null;
const listeners = new Set();
const claims = new Map();
const channel = new BroadcastChannel("cairn.session");

channel.onmessage = ({ data }) => {
  if (data.asks && key) channel.postMessage({ key, tokens });
  if (data.claim) claims.set(data.claim, Date.now());
  if (data.renewed && data.renewed === key) keep(data.key, "renewed", data.tokens);
  if (data.signedOut && key) keep(null, "elsewhere");
};

function keep(value, why, given = null) {
  key = value;
  tokens = value ? given : null;
  store(STORED, value);
  store(STORED_TOKENS, tokens && JSON.stringify(tokens));
  for (const listener of listeners) listener(value, why);
}

function store(name, value) {
  if (value) sessionStorage.setItem(name, value);
  else sessionStorage.removeItem(name);
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const tokensOf = ({ refreshToken, user }, before = null) =>
  ({ refresh: refreshToken, until: Date.now() + LASTS_MS, name: user?.name ?? user?.username ?? before?.name ?? null });

export const session = {
  get key() {
    return key;
  },
  // Of the person who gave a password; null for a key.
  get person() {
    return tokens ? { name: tokens.name } : null;
  },
  signIn: (value, given = null) => keep(value, "signIn", given),
  signOut() {
    if (tokens) end(key);
    keep(null, "signOut");
    channel.postMessage({ signedOut: true });
  },
  // The server does not accept the key any more: revoked, or expired.
  expire(used) {
    if (used === key) keep(null, "expired");
  },
  // The key to send now: a person's is exchanged for a new one shortly before its time is over.
  async fresh() {
    if (tokens && tokens.until - Date.now() < EARLY_MS) await session.renew(key);
    return key;
  },
  // True where there is another key now than `used`, which the server refused.
  async renew(used) {
    if (key !== used) return key !== null;
    if (!tokens) return false;
    renewing ??= exchange(used).finally(() => {
      renewing = null;
    });
    await renewing;
    return key !== null && key !== used;
  },
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  // Another tab's key, or null where no tab answers in time.
  fromOtherTab() {
    if (key) return Promise.resolve(key);
    return new Promise((resolve) => {
      const hear = ({ data }) => {
        if (!data.key || data.renewed) return;
        keep(data.key, "otherTab", data.tokens);
        finish();
      };
      const finish = () => {
        channel.removeEventListener("message", hear);
        resolve(key);
      };
      channel.addEventListener("message", hear);
      channel.postMessage({ asks: true });
      setTimeout(finish, ANSWER_MS);
    });
  },
};

// A refresh token works once, and one that comes twice ends the session: of several tabs, the one with the lowest claim
// asks, and the others wait for what it got.
async function exchange(used) {
  const mine = Math.random();
  channel.postMessage({ claim: mine });
  await wait(CLAIM_MS);
  if ([...claims].some(([claim, at]) => claim < mine && Date.now() - at < CLAIM_HOLDS_MS)) {
    for (let waited = 0; key === used && waited < HANDED_OVER_MS; waited += CLAIM_MS) await wait(CLAIM_MS);
    return;
  }
  if (key !== used) return;
  const answer = await fetch("/api/auth/refresh", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ refresh_token: tokens.refresh }),
    credentials: "omit", cache: "no-store",
  }).catch(() => null);
  if (!answer || answer.status >= 500 || key !== used) return;
  if (!answer.ok) {
    keep(null, "expired");
    return;
  }
  const told = await answer.json();
  keep(told.token, "renewed", tokensOf({ refreshToken: told.refresh_token }, tokens));
  channel.postMessage({ renewed: used, key, tokens });
}

function end(token) {
  fetch("/api/auth/logout", {
    method: "POST", headers: { Authorization: `Bearer ${token}` }, credentials: "omit", keepalive: true,
  }).catch(() => {}); // it ends by itself soon
}
