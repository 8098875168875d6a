// When something comes again: choices, as cron expressions, and cron expressions in words.
import { fullTime, until } from "../../format.js";

export const DAYS = [["1", "Monday"], ["2", "Tuesday"], ["3", "Wednesday"], ["4", "Thursday"], ["5", "Friday"], ["6", "Saturday"], ["0", "Sunday"]];
export const CHOICES = [["day", "Every day"], ["workday", "Monday to Friday"], ["week", "Every week"], ["month", "Every month"], ["cron", "As a cron expression"], ["manual", "Only when I say so"]];

export const START = { how: "week", time: "08:00", weekday: "1", day: "1", cron: "", timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };

// What the server is told.
export function scheduled({ how, time, weekday, day, cron, timeZone }) {
  if (how === "manual") return { periodicity: "manual" };
  const [hour, minute] = time.split(":").map(Number);
  if (how !== "cron" && !(hour >= 0 && minute >= 0)) throw new Error("Say at what time.");
  if (how === "cron" && !cron.trim()) throw new Error("Write a cron expression, such as 0 8 * * 1 for Mondays at 8.");
  const at = { day: "* * *", workday: "* * 1-5", week: `* * ${weekday}`, month: `${Number(day)} * *` }[how];
  return { periodicity: "cron", trigger: how === "cron" ? cron.trim() : `${minute} ${hour} ${at}`, timeZone };
}

export function inWords({ trigger, timeZone }) {
  if (trigger === "manual") return "Only when somebody says so";
  const [, minute, hour, day, month, weekday] = /^(\d+) (\d+) (\S+) (\S+) (\S+)$/.exec(trigger) ?? [];
  const said = minute === undefined || month !== "*" ? null : daysOf(day, weekday);
  return `${said ? `${said} at ${hour.padStart(2, "0")}:${minute.padStart(2, "0")}` : trigger}, ${timeZone}`;
}

function daysOf(day, weekday) {
  if (day === "*" && weekday === "*") return "Every day";
  if (day === "*" && weekday === "1-5") return "Monday to Friday";
  const name = DAYS.find(([key]) => key === weekday || (key === "0" && weekday === "7"))?.[1];
  if (day === "*" && name) return `Every ${name}`;
  return weekday === "*" && /^\d+$/.test(day) ? `Every month on day ${day}` : null;
}

export const nextInWords = (iso) => `${fullTime(iso)}, ${until(iso)}`;
