import type { Live } from "./types";

/** What is pushed while a run moves: some of its counters, or nothing but that something changed. */
export interface Pushed {
  runId?: number;
  counters?: Partial<Live["counters"]>;
}

/** The answer with the pushed counters where those got further; a push from before a restart may be the older one. */
export function furthest(answer: Live | undefined, pushed: Pushed | undefined): Live | undefined {
  const counters = pushed?.counters;
  if (!answer || counters?.pending === undefined || pushed?.runId !== answer.runId) return answer;
  if (counters.pending >= answer.counters.pending) return answer;
  return { ...answer, counters: { ...answer.counters, ...counters } };
}
