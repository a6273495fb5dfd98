import { useGet } from "../shared/api";

/** What the frame shows of everything: counters of the sidebar, sending, notifications. */
export interface Pulse {
  approvals: number;
  cards: number;
  jobs: number;
  running: number;
  sentPerMinute: number;
  unread: number;
}

const still: Pulse = { approvals: 0, cards: 0, jobs: 0, running: 0, sentPerMinute: 0, unread: 0 };

/** Renewed by live events, and every half minute in case one was lost. */
export function usePulse(): Pulse {
  const { data } = useGet<Pulse>("/pulse", undefined, { refetchMs: 30_000, staleMs: 1_000 });
  return data ?? still;
}
