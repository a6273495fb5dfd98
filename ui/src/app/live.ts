import type { Query, QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { LiveEvent } from "../host";
import { subscribe } from "../host";
import { publishLive } from "../shared/api/live";
import { setConnected } from "./connection";
import { queryClient } from "./queryClient";

/** Lists are asked for again at most this often, however fast things move. */
const REFRESH_MS = 2_000;
/** A list that somebody has scrolled through is many questions, one for each page: it is renewed at most this often. */
const LONG_REFRESH_MS = 20_000;
const LONG_PAGES = 5;

/** Which collections a topic makes stale: "campaign:<id>" and "campaigns" both mean campaigns. */
const related: Record<string, string[]> = {
  campaign: ["campaigns", "plans", "approvals", "dead-letters", "waiting-messages"],
  campaigns: ["campaigns", "plans", "approvals", "dead-letters", "waiting-messages"],
  plan: ["plans"],
  approvals: ["approvals", "campaigns", "offers"],
  board: ["cards", "board"],
  card: ["cards", "board"],
  cards: ["cards", "board"],
  customer: ["customers"],
  import: ["imports", "customers"],
  imports: ["imports", "customers"],
  segment: ["segments"],
  offer: ["offers"],
  job: ["jobs", "executions"],
  jobs: ["jobs", "executions"],
  execution: ["executions", "jobs"],
  executions: ["executions", "jobs"],
  provider: ["providers"],
  sandbox: ["sandbox"],
  notification: ["notifications"],
};

export function collectionsOf(topic: string): string[] {
  const head = topic.split(":")[0] ?? topic;
  // A log tells itself to whoever reads it; nothing else changes by a line.
  if (head === "log") return [];
  return [...(related[head] ?? [head]), "home", "pulse"];
}

const isLong = ({ state }: Query): boolean => {
  const { pages } = (state.data ?? {}) as { pages?: unknown[] };
  return Array.isArray(pages) && pages.length > LONG_PAGES;
};

/** Collects what became stale and asks again at a calm pace. */
export function makeRefresher(client: Pick<QueryClient, "invalidateQueries">) {
  const stale = new Set<string>();
  const late = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lateTimer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const names = [...stale];
    stale.clear();
    for (const name of names) {
      const predicate = (query: Query) => {
        const waits = isLong(query) && Date.now() - query.state.dataUpdatedAt < LONG_REFRESH_MS;
        if (waits) late.add(name);
        return !waits;
      };
      void client.invalidateQueries({ queryKey: [name], predicate });
    }
    if (late.size > 0 && lateTimer === undefined)
      lateTimer = setTimeout(flushLate, LONG_REFRESH_MS);
  };
  const flushLate = () => {
    lateTimer = undefined;
    for (const name of late) stale.add(name);
    late.clear();
    flush();
  };
  return (event: LiveEvent) => {
    publishLive(event.topic, event.data);
    for (const name of collectionsOf(event.topic)) stale.add(name);
    if (timer === undefined) timer = setTimeout(flush, REFRESH_MS);
  };
}

/** Keeps what is shown true while the frame stands. */
export function useLiveUpdates(): void {
  useEffect(
    () =>
      subscribe({
        onEvent: makeRefresher(queryClient),
        onGap: () => void queryClient.invalidateQueries(),
        onConnection: setConnected,
      }),
    [],
  );
}
