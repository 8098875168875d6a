// Files that are to be sent: a few at a time, each with a state of its own. Lives outside of the components, so that a
// thousand progress events draw one picture.
import { send } from "./send.js";

const AT_ONCE = 3;

export const FINAL = new Set(["created", "replaced", "identical", "refused", "failed"]);

export class UploadQueue {
  items = [];
  fields = {};
  #address;
  #limits;
  #changed;
  #running = 0;
  #ending = new AbortController();
  #drawing = null;

  constructor({ address, limits, changed }) {
    this.#address = address;
    this.#limits = limits;
    this.#changed = changed;
  }

  // Names that are in the list already are left out: the same file was dropped twice.
  add(found) {
    const known = new Set(this.items.map(({ name }) => name));
    for (const { file, name } of found) {
      if (known.has(name)) continue;
      known.add(name);
      const refusal = this.#refusal(file);
      this.items.push({ file, name, state: refusal ? "refused" : "waiting", why: refusal, sent: 0, id: null });
    }
    this.#draw();
  }

  #refusal(file) {
    if (file.size === 0) return "The file is empty.";
    if (file.size > this.#limits.maxFileBytes) return `Larger than the ${Math.floor(this.#limits.maxFileBytes / 1048576)} MB that one file may have.`;
    return null;
  }

  remove(item) {
    this.items = this.items.filter((other) => other !== item);
    this.#draw();
  }

  retry() {
    for (const item of this.items) if (item.state === "failed") Object.assign(item, { state: "waiting", why: null, sent: 0 });
    this.start();
  }

  start() {
    this.#ending = new AbortController();
    while (this.#running < AT_ONCE && this.items.some(({ state }) => state === "waiting")) {
      this.#running += 1;
      this.#work(this.#ending.signal).finally(() => {
        this.#running -= 1;
        this.#draw();
      });
    }
    this.#draw();
  }

  stop() {
    this.#ending.abort();
  }

  async #work(signal) {
    for (;;) {
      const item = this.items.find(({ state }) => state === "waiting");
      if (!item || signal.aborted) return;
      item.state = "sending";
      try {
        const told = await send({
          address: this.#address, item, fields: this.fields, signal,
          onProgress: (percent) => {
            item.sent = percent;
            this.#draw();
          },
        });
        Object.assign(item, { state: told.outcome, id: told.id, sent: 100 });
      } catch (error) {
        if (signal.aborted) Object.assign(item, { state: "waiting", sent: 0 });
        else Object.assign(item, { state: error.mayPass ? "failed" : "refused", why: error.message });
      }
      this.#draw();
    }
  }

  get totals() {
    const totals = { all: this.items.length, bytes: 0, waiting: 0, sending: 0, created: 0, replaced: 0, identical: 0, refused: 0, failed: 0, sent: 0 };
    for (const { state, file, sent } of this.items) {
      totals[state] += 1;
      if (state !== "refused") {
        totals.bytes += file.size;
        totals.sent += (FINAL.has(state) && state !== "failed" ? 1 : sent / 100) * file.size;
      }
    }
    totals.taken = totals.created + totals.replaced + totals.identical;
    return totals;
  }

  get isRunning() {
    return this.#running > 0;
  }

  #draw() {
    this.#drawing ??= requestAnimationFrame(() => {
      this.#drawing = null;
      this.#changed();
    });
  }
}
