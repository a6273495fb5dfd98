import { afterEach, expect, it } from "vitest";
import { setLanguage } from "../../../shared/i18n";
import { missedWord, stepShape, stepState, stepWord } from "./words";

afterEach(() => setLanguage("en"));

it("tells a step between two tries from one that has not started", () => {
  const words = (nextTryAt?: string) => {
    const state = stepState({ status: "pending", nextTryAt });
    return [stepShape(state), stepWord(state)];
  };
  expect(words()).toEqual(["queued", "Not started"]);
  expect(words("2026-11-24T07:38:02Z")).toEqual(["retrying", "Waits for its next try"]);
  expect(stepState({ status: "failure", nextTryAt: undefined })).toBe("failure");
});

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
