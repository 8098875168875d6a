// The key, for as long as this browser session lasts: in sessionStorage, which closes with the tab, and handed to other
// tabs of this origin that ask. It never is in a cookie, so no other site can make a browser use it.
const STORED = "cairn.key";
const ANSWER_MS = 250;

let key = sessionStorage.getItem(STORED);
const listeners = new Set();
const channel = new BroadcastChannel("cairn.session");

channel.onmessage = ({ data }) => {
  if (data.asks && key) channel.postMessage({ key });
  if (data.signedOut && key) keep(null, "elsewhere");
};

function keep(value, why) {
  key = value;
  if (value) sessionStorage.setItem(STORED, value);
  else sessionStorage.removeItem(STORED);
  for (const listener of listeners) listener(value, why);
}

export const session = {
  get key() {
    return key;
  },
  signIn: (value) => keep(value, "signIn"),
  signOut() {
    keep(null, "signOut");
    channel.postMessage({ signedOut: true });
  },
  // The server does not accept the key any more: revoked, or expired.
  expire(used) {
    if (used === key) keep(null, "expired");
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
        if (!data.key) return;
        keep(data.key, "otherTab");
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
