import { expect, it } from "vitest";
import type { StepRun } from "../model/types";
import { gantt, share } from "./gantt";

const begin = Date.parse("2026-11-24T07:38:02Z");
const at = (seconds: number) => new Date(begin + seconds * 1_000).toISOString();

const step = (
  stepCode: string,
  status: StepRun["status"],
  tries: [string, number, number?][],
): StepRun => ({
  stepCode,
  stepName: stepCode,
  stepType: "sql",
  stepOrder: 1,
  status,
  attempt: tries.length,
  retriesLeft: 0,
  output: {},
  waitsFor: [],
  tries: tries.map(([state, from, to], place) => ({
    attempt: place + 1,
    status: state,
    startedAt: at(from),
    completedAt: to === undefined ? null : at(to),
  })),
});

it("draws every try, and lets what runs reach to now", () => {
  const now = begin + 120_000;
  const picture = gantt(
    {
      startedAt: at(0),
      steps: [
        step("read", "success", [["success", 1, 39]]),
        step("compute", "running", [
          ["timeout", 40, 70],
          ["running", 100],
        ]),
        step("store", "pending", []),
      ],
    },
    now,
  );
  expect(picture.now).toBe(now);
  expect(picture.from).toBe(begin);
  expect(picture.to).toBeGreaterThan(now);
  expect(picture.rows.map((row) => row.bars.length)).toEqual([1, 2, 0]);
  expect(picture.rows[1]?.bars[1]).toMatchObject({ to: now, isOpen: true, attempt: 2 });
  expect(picture.ticks.every((tick) => tick.by === "second" && tick.at % 5_000 === 0)).toBe(true);
});

it("ends with the run, and gives no length to a try that was lost with its node", () => {
  const picture = gantt(
    {
      startedAt: at(0),
      completedAt: at(7_200),
      steps: [
        step("one", "success", [
          ["failure", 0],
          ["success", 60, 7_200],
        ]),
      ],
    },
    begin + 9_000_000,
  );
  expect(picture.now).toBeUndefined();
  expect(picture.to).toBe(begin + 7_200_000);
  expect(picture.rows[0]?.bars[0]).toMatchObject({ from: begin, to: begin });
  expect(picture.ticks.length).toBeLessThanOrEqual(9);
  expect(picture.ticks[0]?.by).toBe("minute");
  expect(share(begin + 3_600_000, picture)).toBe(50);
});

it("draws a run of a few milliseconds, and one that has not begun", () => {
  const quick = gantt(
    {
      startedAt: at(0),
      completedAt: at(0.04),
      steps: [step("a", "success", [["success", 0, 0.03]])],
    },
    begin + 1_000,
  );
  expect(quick.ticks.map((tick) => [tick.at - begin, tick.by])).toEqual(
    [0, 10, 20, 30, 40].map((ms) => [ms, "millisecond"]),
  );
  expect(gantt({ steps: [step("a", "pending", [])] }, begin).ticks).toEqual([]);
});

it("leaves out what an earlier run did, and starts with the rerun", () => {
  const picture = gantt(
    {
      startedAt: at(3_600),
      completedAt: at(3_610),
      steps: [
        step("read", "success", [["success", 1, 39]]),
        step("store", "success", [["success", 3_601, 3_610]]),
      ],
    },
    begin + 9_000_000,
  );
  expect(picture.from).toBe(begin + 3_600_000);
  expect(picture.rows.map((row) => [row.bars.length, row.isKept])).toEqual([
    [0, true],
    [1, false],
  ]);
});

it("says how far a step at work has come, and not of one that is over", () => {
  const picture = gantt(
    {
      startedAt: at(0),
      steps: [
        { ...step("read", "success", [["success", 1, 39]]), progress: 0.9 },
        { ...step("compute", "running", [["running", 40]]), progress: 0.4 },
        step("store", "running", [["running", 40]]),
      ],
    },
    begin + 60_000,
  );
  expect(picture.rows.map((row) => row.progress)).toEqual([undefined, 0.4, undefined]);
});
