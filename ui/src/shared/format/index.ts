/**
 * Numbers, money, times and durations as text, in the language and time zone in use.
 * Instants come in as RFC 3339 strings, `Date`s or milliseconds since 1970.
 */
import { language, t, tn } from "../i18n";

export type Instant = string | number | Date;

let zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
let base = "KES";

/** The workspace decides in which zone times are shown and which currency stands without a name. */
export function setWorkspaceFormat(next: { timeZone?: string; currency?: string }): void {
  if (next.timeZone) zone = next.timeZone;
  if (next.currency) base = next.currency;
}
export const timeZone = () => zone;
export const currency = () => base;

/** en-KE groups with commas and writes 24 h times, as the product does. */
const locale = () => ({ en: "en-GB", sw: "sw-KE", fr: "fr-FR" })[language()];
const date = (at: Instant) => new Date(at);

/** Formats are dear to make and cheap to use: a list of times would make thousands. */
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
function kept<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found as T;
}
const numbers = (options: Intl.NumberFormatOptions) =>
  kept(`${locale()} ${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale(), options));
const times = (language: string, options: Intl.DateTimeFormatOptions) =>
  kept(`${language} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(language, options));
const minus = (text: string) => text.replace(/^-/, "−");

export function number(value: number | bigint, digits = 0): string {
  const format = numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits });
  return minus(format.format(value));
}

/** 12,840,000 → "12.84M", 48,216 → "48.2k": for tight places only, never for money that moves. */
export function compact(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${upTo(value / 1e6, 2)}M`;
  if (size >= 1e4) return `${upTo(value / 1e3, size >= 1e5 ? 0 : 1)}k`;
  return number(value);
}
const upTo = (value: number, digits: number) =>
  minus(numbers({ maximumFractionDigits: digits }).format(value));

/** `percent(38.2)` → "38.2%". Takes percents, as the API gives them. */
export function percent(value: number, digits = 1): string {
  return `${number(value, digits)}${language() === "fr" ? "\u00a0" : ""}%`;
}

/** "+3.1 pt", "−0.6%": always with its sign. */
export function signed(value: number, unit = "", digits = 1): string {
  return `${value > 0 ? "+" : ""}${number(value, digits)}${unit}`;
}

/** "KES 1,284.50". The amount is a decimal string or number as the API gives it, never rounded away. */
export function money(amount: string | number, code: string = base): string {
  const text = typeof amount === "number" ? amount.toFixed(2) : amount;
  const negative = text.startsWith("-");
  const [whole = "0", fraction = ""] = text.replace(/^-/, "").split(".");
  const grouped = number(BigInt(whole || "0"));
  const point = language() === "fr" ? "," : ".";
  return `${negative ? "−" : ""}${code} ${grouped}${point}${fraction.padEnd(2, "0")}`;
}

const format = (at: Instant, options: Intl.DateTimeFormatOptions) =>
  times(locale(), { timeZone: zone, ...options }).format(date(at));

/** "10:42" */
export const time = (at: Instant) =>
  format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
/** "10:42:18" */
export const timeSeconds = (at: Instant) =>
  format(at, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** "07:00" on the clocks of another zone. */
export const timeIn = (at: Instant, other: string) =>
  format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: other });

/** Whether the clocks of a zone show another time than those in use, now or in half a year. */
export function isOtherClock(other: string, now: number = Date.now()): boolean {
  try {
    return [now, now + 183 * 86_400_000].some((at) => time(at) !== timeIn(at, other));
  } catch {
    return false;
  }
}

/** "America/New_York" → "New York time". */
export const zoneName = (other: string): string =>
  /^(Etc\/)?(UTC|GMT)$/.test(other)
    ? "UTC"
    : t("{city} time", { city: other.split("/").at(-1)?.replaceAll("_", " ") ?? other });

/** Days since 1970 on the calendar of the zone in use: for "today", "tomorrow" and grouping. */
export function dayNumber(at: Instant): number {
  // By its parts: in which order a language writes them differs between engines.
  const parts = times("en", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
  }).formatToParts(date(at));
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of("year"), of("month") - 1, of("day")) / 86_400_000;
}

const sameYear = (at: Instant, now: Instant) =>
  format(at, { year: "numeric" }) === format(now, { year: "numeric" });

/** "14 Mar 2021"; the year is left out within this year. */
export function day(at: Instant, now: Instant = Date.now()): string {
  const year = sameYear(at, now) ? undefined : "numeric";
  return format(at, { day: "numeric", month: "short", year });
}

/** "Tuesday 24 November": the title of Home and of timeline groups. */
export const longDay = (at: Instant) =>
  format(at, { weekday: "long", day: "numeric", month: "long" }).replace(",", "");

/** "November 2026" */
export const monthName = (at: Instant) => format(at, { month: "long", year: "numeric" });

/** A column of a calendar: `{ name: "Tue", date: "24" }`. */
export const weekday = (at: Instant): { name: string; date: string } => ({
  name: format(at, { weekday: "short" }),
  date: format(at, { day: "numeric" }),
});

/** "Today 10:02", "Tomorrow 08:00", "Fri 27 Nov 00:05", "14 Mar 2021 10:00". */
export function dayTime(at: Instant, now: Instant = Date.now()): string {
  const apart = dayNumber(at) - dayNumber(now);
  if (apart === 0) return `${t("Today")} ${time(at)}`;
  if (apart === 1) return `${t("Tomorrow")} ${time(at)}`;
  if (apart === -1) return `${t("Yesterday")} ${time(at)}`;
  if (!sameYear(at, now)) return `${day(at, now)} ${time(at)}`;
  const text = format(at, { weekday: "short", day: "numeric", month: "short" }).replace(",", "");
  return `${text} ${time(at)}`;
}

/** Everything, for tooltips and audit: "24 Nov 2026 10:42:18 (Africa/Nairobi)". */
export function fullTime(at: Instant): string {
  const text = format(at, { day: "numeric", month: "short", year: "numeric" });
  return `${text} ${timeSeconds(at)} (${zone})`;
}

/** "8 h 7 min", "38 min", "42 s", "0.8 s" below ten seconds. */
export function duration(ms: number): string {
  const size = Math.abs(ms);
  if (size < 10_000) return t("{n} s", { n: upTo(size / 1000, 1) });
  if (size < 60_000) return t("{n} s", { n: Math.round(size / 1000) });
  const all = Math.round(size / 60_000);
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (hours === 0) return t("{n} min", { n: minutes });
  if (hours >= 48) return tn(Math.round(hours / 24), "{n} day", "{n} days");
  return minutes ? t("{h} h {m} min", { h: hours, m: minutes }) : t("{n} h", { n: hours });
}

/** "just now", "10 min ago", "in 3 h 20 min", "yesterday", "14 Mar". */
export function relative(at: Instant, now: Instant = Date.now()): string {
  const ms = date(at).getTime() - date(now).getTime();
  if (Math.abs(ms) < 45_000) return t("just now");
  const apart = dayNumber(at) - dayNumber(now);
  if (apart === -1 && ms < -6 * 3_600_000) return t("yesterday");
  if (Math.abs(ms) > 36 * 3_600_000) return day(at, now);
  return ms < 0 ? t("{time} ago", { time: duration(ms) }) : t("in {time}", { time: duration(ms) });
}

/** Of a moment to come: "in 2 s", "in 3 h 20 min"; "now" when it is there and nothing has come of it yet. */
export function ahead(at: Instant, now: Instant = Date.now()): string {
  const ms = date(at).getTime() - date(now).getTime();
  if (ms <= -45_000 || ms >= 45_000) return relative(at, now);
  return ms > 0 ? t("in {time}", { time: duration(Math.ceil(ms / 1_000) * 1_000) }) : t("now");
}

export type Urgency = "calm" | "near" | "late";

/** A deadline in words and how it should look: "38 min late" (late), "24 min left" (near), "by 17:30". */
export function deadline(
  at: Instant,
  now: Instant = Date.now(),
  nearMs = 3_600_000,
): { text: string; urgency: Urgency } {
  const ms = date(at).getTime() - date(now).getTime();
  if (ms < 0) return { text: t("{time} late", { time: duration(ms) }), urgency: "late" };
  const text =
    ms < 12 * 3_600_000
      ? t("{time} left", { time: duration(ms) })
      : t("by {time}", { time: dayTime(at, now) });
  return { text, urgency: ms < nearMs ? "near" : "calm" };
}

/** Up to two letters for an avatar: "Dr. Nyambura Gathoni-Ndirangu" → "NG". */
export function initials(name: string): string {
  const words = name
    .replace(/^(dr|mr|mrs|ms|prof)\.?\s+/i, "")
    .split(/\s+/)
    .filter((word) => /\p{L}/u.test(word));
  const first = words[0]?.[0] ?? name[0] ?? "?";
  const last = words.length > 1 ? (words[words.length - 1]?.[0] ?? "") : "";
  return (first + last).toUpperCase();
}

/** The moment at which the day of `at` began in the zone in use, in milliseconds. */
export function dayStart(at: Instant): number {
  const midnight = dayNumber(at) * 86_400_000;
  return midnight - zoneOffset(midnight - zoneOffset(midnight));
}

/** How far the clocks of the zone in use were ahead of UTC at a moment, in milliseconds. */
function zoneOffset(at: number): number {
  const name = times("en", { timeZone: zone, timeZoneName: "longOffset" })
    .formatToParts(at)
    .find((part) => part.type === "timeZoneName")?.value;
  const [, sign, hours, minutes = "0"] = /GMT([+-])(\d+):?(\d+)?/.exec(name ?? "") ?? [];
  if (!hours) return 0;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
