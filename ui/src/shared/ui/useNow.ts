import { useEffect, useState } from "react";
import type { Instant } from "../format";

/** The present moment in milliseconds, renewed every `everyMs`, so that "10 min ago" stays true. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

const NEAR_MS = 60_000;

/** The same, by the second while a moment is near: "in 2 s" is true for no longer. */
export function useNowUntil(at: Instant | null | undefined): number {
  const isNear = at !== null && at !== undefined && Math.abs(+new Date(at) - Date.now()) < NEAR_MS;
  return useNow(isNear ? 1_000 : undefined);
}
