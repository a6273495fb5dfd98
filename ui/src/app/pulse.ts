import type { Pulse } from "../gen";
import { useGet } from "../shared/api";

const still: Pulse = { approvals: 0, cards: 0, jobs: 0, running: 0, sentPerMinute: 0, unread: 0 };

/** Renewed by live events, and every half minute in case one was lost. */
export function usePulse(): Pulse {
  const { data } = useGet<Pulse>("/pulse", undefined, { refetchMs: 30_000, staleMs: 1_000 });
  return data ?? still;
}
