import { afterEach, expect, it } from "vitest";
import { setLanguage } from "../../../shared/i18n";
import { missedWord } from "./words";

afterEach(() => setLanguage("en"));

const job = (passed: number, starting: number, isMore = false) => ({
  scheduleType: "interval" as const,
  definition: undefined,
  missed: { passed, starting, isMore },
});

it("says how many moments a paused job missed, and what becomes of them", () => {
  setLanguage("en");
  expect(missedWord(job(0, 0))).toBeUndefined();
  expect(missedWord(job(1, 1))).toBe("1 moment was missed meanwhile: 1 run makes up for that.");
  expect(missedWord(job(5, 0))).toBe("5 moments were missed meanwhile: they are left out.");
  expect(missedWord(job(1_000, 100, true))).toBe(
    "More than 1,000 moments were missed meanwhile: 100 runs make up for that.",
  );
  setLanguage("sw");
  expect(missedWord(job(5, 1))).toContain("5");
  setLanguage("fr");
  expect(missedWord(job(5, 1))).toContain("5");
});
