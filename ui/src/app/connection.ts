import { useSyncExternalStore } from "react";

/** A restart of the server is over sooner than this; nobody needs to hear of it. */
const PATIENCE_MS = 3_000;

let lostAt: number | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const tell = (at: number | undefined) => {
  lostAt = at;
  for (const listener of listeners) listener();
};

/** Called by what listens to the server: the connection is gone, or there again. */
export function setConnected(connected: boolean): void {
  if (connected) {
    clearTimeout(timer);
    timer = undefined;
    tell(undefined);
  } else if (timer === undefined && lostAt === undefined) {
    const since = Date.now();
    timer = setTimeout(() => {
      timer = undefined;
      tell(since);
    }, PATIENCE_MS);
  }
}

/** Since when the server does not answer, in milliseconds since 1970; `undefined` while it does. */
export const useLost = (): number | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => lostAt,
  );
