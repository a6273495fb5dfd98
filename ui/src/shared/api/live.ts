import { useSyncExternalStore } from "react";

const newest = new Map<string, unknown>();
const listeners = new Map<string, Set<() => void>>();

/** Called by the frame for every live event. */
export function publishLive(topic: string, data: unknown): void {
  newest.set(topic, data);
  for (const listener of listeners.get(topic) ?? []) listener();
}

/**
 * The newest pushed state of a topic, such as `useLive<Counters>(`campaign:${id}`)`: for counters that
 * move while one looks. `undefined` until something was pushed; read the query's data then.
 */
export function useLive<T>(topic: string): T | undefined {
  return useSyncExternalStore(
    (listener) => {
      const mine = listeners.get(topic) ?? new Set();
      mine.add(listener);
      listeners.set(topic, mine);
      return () => {
        mine.delete(listener);
      };
    },
    () => newest.get(topic) as T | undefined,
  );
}
