import { expect, it } from "vitest";
import type { ExecutionStatus, TimelineRun } from "../model/types";
import { lanes } from "./lanes";

const HOUR = 3_600_000;
const begin = Date.parse("2026-11-24T00:00:00Z");
const day = { from: begin, to: begin + 24 * HOUR };
const at = (hours: number) => new Date(begin + hours * HOUR).toISOString();
let count = 0;
const run = (
  job: string,
  from: number,
  to: number | undefined,
  status: ExecutionStatus = "success",
): TimelineRun => ({
  id: `r${++count}`,
  jobId: job,
  jobCode: job,
  jobName: job,
  status,
  startedAt: at(from),
  completedAt: to === undefined ? null : at(to),
  dueAt: at(from),
  slaBreached: false,
  count: 1,
  failed: status === "failure" ? 1 : 0,
});
const near = 1 / 240;

it("gives each job a lane, and lets what runs reach to now", () => {
  const found = lanes(
    [run("b", 1, 2), run("a", 6, undefined, "running"), run("a", 0, 1, "failure")],
    [{ jobId: "c", jobCode: "c", jobName: "c", at: at(18), count: 1 }],
    day,
    begin + 12 * HOUR,
    near,
  );
  expect(found.map((lane) => [lane.jobName, lane.runs, lane.failed])).toEqual([
    ["a", 2, 1],
    ["b", 1, 0],
    ["c", 0, 0],
  ]);
  expect(found[0]?.marks[1]).toMatchObject({ left: 0.25, width: 0.25, status: "running" });
  expect(found[2]?.marks[0]).toMatchObject({ left: 0.75, status: "upcoming" });
});

it("makes one mark of what cannot be told apart, as bad as the worst of it", () => {
  const minutes = Array.from({ length: 600 }, (_, n) =>
    run("sweep", n / 60, n / 60 + 0.001, n === 300 ? "failure" : "success"),
  );
  const [lane] = lanes(minutes, [], day, begin + 12 * HOUR, near);
  expect(lane?.marks.length).toBeLessThan(110);
  expect(lane?.marks.filter((mark) => mark.status === "failure")).toHaveLength(1);
  expect(lane?.marks.reduce((sum, mark) => sum + mark.runs.length, 0)).toBe(600);
});

it("shows what reaches into the span and leaves out what does not", () => {
  const [lane] = lanes([run("a", -3, 1), run("a", -3, -2), run("a", 25, 26)], [], day, begin, near);
  expect(lane?.marks).toMatchObject([{ left: 0, width: 1 / 24 }]);
});
