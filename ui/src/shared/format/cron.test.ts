import { afterEach, expect, it } from "vitest";
import { setLanguage } from "../i18n";
import { cronOf, cronWords, rhythmOf } from "./cron";

afterEach(() => setLanguage("en"));

it("reads what a person would have chosen, and writes the same again", () => {
  for (const expression of [
    "*/15 * * * *",
    "5 * * * *",
    "0 0 * * *",
    "30 7 * * 1,2,3,4,5",
    "0 6 31 * *",
  ]) {
    expect(cronOf(rhythmOf(expression))).toBe(expression);
  }
  expect(rhythmOf("0 8 * * MON-FRI")).toEqual({
    kind: "week",
    minute: 0,
    hour: 8,
    days: [1, 2, 3, 4, 5],
  });
  expect(rhythmOf("0 8 * * 6,7")).toMatchObject({ kind: "week", days: [0, 6] });
});

it("leaves alone what the choices cannot say", () => {
  for (const expression of [
    "*/7 * * * *",
    "0 8 1 * 1",
    "0 8 * 3 *",
    "0 0 8 * * *",
    "0 8-18 * * *",
    "0 8 * * 1#2",
    "@daily",
    "",
    "nonsense",
  ]) {
    expect(rhythmOf(expression)).toEqual({ kind: "own" });
  }
});

it("says an expression in the language in use", () => {
  expect(cronWords("0 8 * * 1-5")).toBe("At 08:00, Monday through Friday");
  setLanguage("fr");
  expect(cronWords("0 0 * * *")).toBe("À 00:00, tous les jours");
  setLanguage("sw");
  expect(cronWords("*/5 * * * *")).toContain("5");
  expect(cronWords("61 * * * *")).toBeUndefined();
  expect(cronWords("soon")).toBeUndefined();
});
