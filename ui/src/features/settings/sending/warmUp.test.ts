import { expect, test } from "vitest";
import { daysOf, isWhole, placeOf } from "./warmUp";

const plan = { startedOn: "2026-11-24", firstDay: 50, growthPercent: 30, target: 200 };

test("the days are those that the server keeps", () => {
  expect(daysOf(plan)).toEqual([50, 65, 84, 109, 141, 183]);
  expect(daysOf({ ...plan, target: 50 })).toEqual([]);
});

test("a day is found by its place, and days before the first are the first", () => {
  const firstDay = Date.UTC(2026, 10, 24) / 86_400_000;
  expect([firstDay - 3, firstDay, firstDay + 4].map((day) => placeOf(plan, day))).toEqual([
    0, 0, 4,
  ]);
});

test("a schedule that never ends is not drawn forever", () => {
  expect(daysOf({ ...plan, growthPercent: 0, target: 1e12 })).toHaveLength(1_500);
  expect(isWhole(plan)).toBe(true);
  for (const change of [{ firstDay: 0 }, { growthPercent: 0 }, { target: 49 }, { startedOn: "" }])
    expect(isWhole({ ...plan, ...change })).toBe(false);
});
