import type { ExecutionStatus, TimelineRun, Upcoming } from "../model/types";

/** What stands at one place of a lane: a run, or several that are too close to be told apart. */
export interface Mark {
  key: string;
  /** Share of the width, 0 to 1. */
  left: number;
  width: number;
  /** Of the run, or of the run that most needs a look. */
  status: ExecutionStatus | "upcoming";
  runs: TimelineRun[];
  /** The first of the moments that are to come, and how many they are. */
  next?: string;
  moments: number;
  slaBreached: boolean;
}

export interface Lane {
  jobId: string;
  jobCode: string;
  jobName: string;
  marks: Mark[];
  runs: number;
  failed: number;
}

export interface Span {
  from: number;
  to: number;
}

/** What is seen first where several runs share a mark. */
const WORST: ExecutionStatus[] = [
  "running",
  "failure",
  "timeout",
  "aborted",
  "pending",
  "queued",
  "cancelled",
  "success",
];

/**
 * A lane for each job, by name. Runs nearer than `near`, a share of the width, become one mark, so that a job of every
 * minute is a few marks and not a thousand.
 */
export function lanes(
  runs: TimelineRun[],
  upcoming: Upcoming[],
  span: Span,
  now: number,
  near: number,
): Lane[] {
  const found = new Map<string, Lane>();
  const laneOf = ({ jobId, jobCode, jobName }: Upcoming | TimelineRun): Lane => {
    const lane = found.get(jobId) ?? { jobId, jobCode, jobName, marks: [], runs: 0, failed: 0 };
    found.set(jobId, lane);
    return lane;
  };
  const share = (at: number) => (at - span.from) / (span.to - span.from);
  const placed = runs
    .map((run) => ({ run, ...extent(run, now) }))
    .filter(({ from, to }) => to >= span.from && from <= span.to)
    .sort((a, b) => a.from - b.from);
  for (const { run, from, to } of placed) {
    const lane = laneOf(run);
    lane.runs += run.count;
    lane.failed += run.failed;
    const left = Math.max(0, share(from));
    const right = Math.min(1, share(to));
    const last = lane.marks.at(-1);
    if (last && left < last.left + Math.max(last.width, near)) {
      last.width = Math.max(last.width, right - last.left);
      last.runs.push(run);
      last.status = worst(last.status, run.status);
      last.slaBreached ||= run.slaBreached;
    } else {
      lane.marks.push({
        key: run.id,
        left,
        width: Math.max(0, right - left),
        status: run.status,
        runs: [run],
        moments: 0,
        slaBreached: run.slaBreached,
      });
    }
  }
  for (const next of [...upcoming].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const at = Date.parse(next.at);
    if (at < span.from || at > span.to) continue;
    const lane = laneOf(next);
    const left = share(at);
    const last = lane.marks.at(-1);
    if (last?.status === "upcoming" && left < last.left + Math.max(last.width, near)) {
      last.width = left - last.left;
      last.moments += next.count;
    } else {
      lane.marks.push({
        key: next.at,
        left,
        width: 0,
        status: "upcoming",
        runs: [],
        next: next.at,
        moments: next.count,
        slaBreached: false,
      });
    }
  }
  const byName = new Intl.Collator(undefined, { numeric: true });
  return [...found.values()].sort((a, b) => byName.compare(a.jobName, b.jobName));
}

function worst(one: Mark["status"], other: ExecutionStatus): Mark["status"] {
  return one === "upcoming" || WORST.indexOf(other) < WORST.indexOf(one) ? other : one;
}

/** From when it was due or began until it ended; what has not ended goes on to now. */
function extent(run: TimelineRun, now: number): Span {
  const begin = run.startedAt ?? run.dueAt ?? run.completedAt;
  const from = begin ? Date.parse(begin) : now;
  return { from, to: Math.max(from, run.completedAt ? Date.parse(run.completedAt) : now) };
}
