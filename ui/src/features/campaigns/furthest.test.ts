import { expect, test } from "vitest";
import { furthest } from "./furthest";
import type { Live } from "./types";

const answer = {
  runId: 7,
  etaSeconds: null,
  counters: { total: 100, pending: 60, sent: 40, opened: 3 },
} as unknown as Live;

test("pushed counters move the answer and leave the rest of it", () => {
  const now = furthest(answer, { runId: 7, counters: { pending: 50, sent: 50 } });
  expect(now?.counters).toMatchObject({ pending: 50, sent: 50, opened: 3 });
  expect(now?.etaSeconds).toBeNull();
});

test("a push that is older, of another run or without numbers changes nothing", () => {
  expect(furthest(answer, { runId: 7, counters: { pending: 70, sent: 30 } })).toBe(answer);
  expect(furthest(answer, { runId: 6, counters: { pending: 0 } })).toBe(answer);
  expect(furthest(answer, {})).toBe(answer);
  expect(furthest(undefined, { runId: 7, counters: { pending: 0 } })).toBeUndefined();
});
