import { beforeAll, expect, it } from "vitest";
import { setLanguage } from "../i18n";
import {
  ahead,
  compact,
  dayStart,
  dayTime,
  deadline,
  duration,
  initials,
  money,
  number,
  percent,
  relative,
  setWorkspaceFormat,
  signed,
} from ".";

const now = Date.parse("2026-11-24T07:42:00Z");
const minutes = (n: number) => n * 60_000;

beforeAll(() => {
  setLanguage("en");
  setWorkspaceFormat({ timeZone: "Africa/Nairobi", currency: "KES" });
});

it("writes money in full, with a true minus, however large", () => {
  expect(money("1284.5")).toBe("KES 1,284.50");
  expect(money("-0.0001")).toBe("−KES 0.0001");
  expect(money("9007199254740993.25", "USD")).toBe("USD 9,007,199,254,740,993.25");
});

it("writes numbers as people read them", () => {
  expect(number(-5218)).toBe("−5,218");
  expect(percent(33.33, 2)).toBe("33.33%");
  expect(signed(-0.6, " pt")).toBe("−0.6 pt");
  expect(signed(18, "%", 0)).toBe("+18%");
  expect(compact(12_840_000)).toBe("12.84M");
  expect(compact(48_216)).toBe("48.2k");
  expect(compact(9_100)).toBe("9,100");
});

it("writes durations", () => {
  expect(duration(minutes(487))).toBe("8 h 7 min");
  expect(duration(minutes(38))).toBe("38 min");
  expect(duration(800)).toBe("0.8 s");
});

it("names days near now, in the workspace's zone", () => {
  expect(dayTime("2026-11-24T07:02:00Z", now)).toBe("Today 10:02");
  expect(dayTime("2026-11-24T21:05:00Z", now)).toBe("Tomorrow 00:05");
  expect(dayTime("2026-11-26T21:05:00Z", now)).toBe("Fri 27 Nov 00:05");
});

it("says how late something is and when it becomes urgent", () => {
  expect(deadline(now - minutes(38), now)).toEqual({ text: "38 min late", urgency: "late" });
  expect(deadline(now + minutes(24), now)).toEqual({ text: "24 min left", urgency: "near" });
  expect(deadline(now + minutes(200), now)).toEqual({ text: "3 h 20 min left", urgency: "calm" });
  expect(relative(now - minutes(10), now)).toBe("10 min ago");
});

it("says of what is to come when it comes, never that it just did", () => {
  const words = () => [2_000, 400, 0, -1_500].map((ms) => ahead(now + ms, now));
  expect(words()).toEqual(["in 2 s", "in 1 s", "now", "now"]);
  expect(ahead(now + minutes(200), now)).toBe("in 3 h 20 min");
  expect(ahead(now - minutes(10), now)).toBe("10 min ago");
  setLanguage("sw");
  expect(words()).toEqual(["baada ya sekunde 2", "baada ya sekunde 1", "sasa", "sasa"]);
  setLanguage("fr");
  expect(words()).toEqual(["dans 2 s", "dans 1 s", "maintenant", "maintenant"]);
  setLanguage("en");
  // What has happened is told by clocks that may differ a little.
  expect(relative(now + 2_000, now)).toBe("just now");
});

it("finds initials behind titles", () => {
  expect(initials("Dr. Nyambura Gathoni-Ndirangu")).toBe("NG");
  expect(initials("Wanjiku")).toBe("W");
});

it("knows when a day began, also on the day the clocks change", () => {
  expect(new Date(dayStart(now)).toISOString()).toBe("2026-11-23T21:00:00.000Z");
  setWorkspaceFormat({ timeZone: "Europe/Berlin" });
  expect(new Date(dayStart("2026-03-29T12:00:00Z")).toISOString()).toBe("2026-03-28T23:00:00.000Z");
  expect(new Date(dayStart("2026-03-30T12:00:00Z")).toISOString()).toBe("2026-03-29T22:00:00.000Z");
  setWorkspaceFormat({ timeZone: "Africa/Nairobi" });
});

it("speaks the language in use", () => {
  setLanguage("fr");
  expect(percent(38.25)).toBe("38,3\u00a0%");
  expect(compact(48_216)).toBe("48,2k");
  setLanguage("sw");
  expect(duration(minutes(487))).toBe("saa 8 dak 7");
  setLanguage("en");
});
