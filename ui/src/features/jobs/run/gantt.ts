import type { StepRun } from "../model/types";
import { progressOf, stepState } from "../model/words";

/** One try of a step, in milliseconds since 1970. */
export interface Bar {
  from: number;
  to: number;
  status: string;
  attempt: number;
  /** It goes on: its end is now. */
  isOpen: boolean;
}

export interface Row {
  code: string;
  name: string;
  status: string;
  bars: Bar[];
  /** Done in the run that this one goes on from: it took no time here. */
  isKept: boolean;
  /** Of a step at work that says so: how far it has come, 0 to 1. */
  progress?: number;
}

export interface Tick {
  at: number;
  /** Below a minute between two of them, seconds are said; below a second, the time since the start; below 100 ms, that
   * in milliseconds. */
  by: "minute" | "second" | "offset" | "millisecond";
}

export interface Gantt {
  from: number;
  to: number;
  rows: Row[];
  ticks: Tick[];
  /** Where now is; none once the run is over. */
  now?: number;
}

interface Run {
  startedAt?: string | null;
  completedAt?: string | null;
  steps: StepRun[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Distances of ticks that people count in. */
const STEPS = [
  ...[10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 96, 168].map((n) => n * HOUR),
];
/** "20:41:44" needs some 60 of the 470 pixels that are there beside a log. */
const MOST_TICKS = 6;

/** Where the bars of a run stand, at a moment. */
export function gantt(run: Run, now: number): Gantt {
  const begun = run.startedAt ? Date.parse(run.startedAt) : Number.NEGATIVE_INFINITY;
  const rows = run.steps.map((step) => {
    const all = barsOf(step, now);
    const bars = all.filter((bar) => bar.isOpen || bar.to >= begun);
    return {
      code: step.stepCode,
      name: step.stepName,
      status: stepState(step),
      bars,
      isKept: bars.length < all.length && bars.length === 0,
      progress: progressOf(step),
    };
  });
  const isRunning = Boolean(run.startedAt && !run.completedAt);
  const moments = rows.flatMap((row) => row.bars.flatMap((bar) => [bar.from, bar.to]));
  for (const at of [run.startedAt, run.completedAt]) if (at) moments.push(Date.parse(at));
  if (isRunning) moments.push(now);
  if (moments.length === 0) return { from: now, to: now + SECOND, rows, ticks: [] };
  const from = Math.min(...moments);
  const last = Math.max(...moments, from + 10);
  // Room to grow into, so that what runs does not touch the edge.
  const to = isRunning ? last + Math.max((last - from) * 0.08, SECOND) : last;
  return { from, to, rows, ticks: ticks(from, to), now: isRunning ? now : undefined };
}

function barsOf(step: StepRun, now: number): Bar[] {
  const tries = step.tries.length > 0 ? step.tries : [step];
  return tries.flatMap((one) => {
    if (!one.startedAt) return [];
    const from = Date.parse(one.startedAt);
    // A try without an end that does not run was lost with its node: it is as long as is known.
    const isOpen = !one.completedAt && one.status === "running";
    const to = one.completedAt ? Date.parse(one.completedAt) : isOpen ? Math.max(now, from) : from;
    return [{ from, to, status: one.status, attempt: one.attempt, isOpen }];
  });
}

function ticks(from: number, to: number): Tick[] {
  const step = STEPS.find((one) => (to - from) / one <= MOST_TICKS) ?? (to - from) / MOST_TICKS;
  const by =
    step < 100 ? "millisecond" : step < SECOND ? "offset" : step < MINUTE ? "second" : "minute";
  // Offsets count from the start of the run, times of day from midnight.
  const first = step < SECOND ? from : Math.ceil(from / step) * step;
  const found: Tick[] = [];
  for (let at = first; at <= to && found.length <= MOST_TICKS; at += step) found.push({ at, by });
  return found;
}

/** Percent of the way from the left, within the picture. */
export const share = (at: number, { from, to }: { from: number; to: number }): number =>
  Math.max(0, Math.min(100, ((at - from) / (to - from)) * 100));
