// Numbers, sizes and times in the reader's own manner.
const LANGUAGE = undefined;
const whole = new Intl.NumberFormat(LANGUAGE);
const short = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto", style: "short" });
const UNITS = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3600], ["minute", 60]];

export const number = (value) => whole.format(value);
export const percent = (value) => `${short.format(value)} %`;
export const score = (value) => value.toFixed(3).replace(/^0/, "");
export const fullTime = (iso) => moment.format(new Date(iso));
export const date = (iso) => day.format(new Date(iso));

export function bytes(value) {
  if (value < 1024) return `${whole.format(value)} B`;
  const units = ["KB", "MB", "GB", "TB"];
  let size = value / 1024;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size < 10 ? short.format(size) : whole.format(Math.round(size))} ${units[unit]}`;
}

export function ago(iso, now = Date.now()) {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return "just now";
}

export function duration(milliseconds) {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 100) return `${short.format(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${short.format(seconds / 3600)} h`;
}

// count(1, "file") → "1 file"; count(2, "file") → "2 files"
export const count = (value, noun, plural = `${noun}s`) => `${number(value)} ${value === 1 ? noun : plural}`;

export const until = (iso, now = Date.now()) => (new Date(iso).getTime() - now < 60_000 ? "now" : ago(iso, now));
