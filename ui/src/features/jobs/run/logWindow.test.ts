import { expect, it } from "vitest";
import type { LogPage } from "../model/types";
import { followed, MOST_LINES, opened, preceded, textOf } from "./logWindow";

const page = (from: number, to: number, isMore = false): LogPage => ({
  lines: Array.from({ length: to - from + 1 }, (_, n) => ({
    id: from + n,
    at: "2026-11-24T07:38:02.000Z",
    stepCode: "read",
    level: "info",
    message: `line ${from + n}`,
  })),
  lastId: to,
  isMore,
});
const ids = (log: { lines: { id: number }[] }) => [log.lines[0]?.id, log.lines.at(-1)?.id];

it("follows, and takes every line once however often it is told of it", () => {
  let log = opened(page(101, 200, true));
  log = followed(log, page(150, 210));
  log = followed(log, page(205, 210));
  expect(log.lines.map((line) => line.id)).toEqual(page(101, 210).lines.map((line) => line.id));
  expect(log.hasBefore).toBe(true);
  log = preceded(log, page(1, 120));
  expect([ids(log), log.hasBefore, log.lines.length]).toEqual([[1, 210], false, 210]);
});

it("holds a part of a hundred thousand lines and says at which end there are more", () => {
  let log = opened(page(1, 1_000));
  for (let from = 1_001; from <= 100_000; from += 1_000)
    log = followed(log, page(from, from + 999));
  expect(log.lines).toHaveLength(MOST_LINES);
  expect([ids(log), log.hasBefore, log.hasAfter]).toEqual([[80_001, 100_000], true, false]);
  log = preceded(log, page(79_001, 80_000, true));
  expect([ids(log), log.hasBefore, log.hasAfter]).toEqual([[79_001, 99_000], true, true]);
  // A gap between what is held and what is pushed would read as if nothing had happened in it.
  expect(followed(log, page(100_001, 100_010))).toBe(log);
});

it("writes lines as text", () => {
  expect(textOf(page(7, 7).lines)).toBe("2026-11-24T07:38:02.000Z  INFO     read  line 7");
});
