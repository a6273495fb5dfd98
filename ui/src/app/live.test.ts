import { expect, it, vi } from "vitest";
import { collectionsOf, makeRefresher } from "./live";

it("asks again for what a topic is about, once for many events", () => {
  vi.useFakeTimers();
  const invalidateQueries = vi.fn(async () => {});
  const refresh = makeRefresher({ invalidateQueries });
  for (let sent = 0; sent < 100; sent++) refresh({ topic: "campaign:7", data: { sent } });
  vi.advanceTimersByTime(10_000);
  const names = invalidateQueries.mock.calls.map(([filter]: unknown[]) =>
    String((filter as { queryKey: string[] }).queryKey[0]),
  );
  expect(names.sort()).toEqual([
    "approvals",
    "campaigns",
    "dead-letters",
    "home",
    "plans",
    "pulse",
    "waiting-messages",
  ]);
  vi.useRealTimers();
});

it("renews a list of many pages at a calmer pace, and other things meanwhile", () => {
  vi.useFakeTimers();
  const long = { state: { data: { pages: Array(40) }, dataUpdatedAt: Date.now() } };
  const asked: number[] = [];
  const invalidateQueries = vi.fn(async (filter: unknown) => {
    const { queryKey, predicate } = filter as {
      queryKey: string[];
      predicate: (query: unknown) => boolean;
    };
    if (queryKey[0] !== "executions" || !predicate(long)) return;
    asked.push(Date.now());
    long.state.dataUpdatedAt = Date.now();
  });
  const refresh = makeRefresher({ invalidateQueries });
  for (let second = 0; second < 60; second += 1) {
    refresh({ topic: "execution:7", data: {} });
    vi.advanceTimersByTime(1_000);
  }
  expect(asked.length).toBeGreaterThanOrEqual(2);
  expect(asked.length).toBeLessThanOrEqual(3);
  const home = invalidateQueries.mock.calls.filter(
    ([filter]) => (filter as { queryKey: string[] }).queryKey[0] === "home",
  );
  expect(home.length).toBeGreaterThan(20);
  vi.useRealTimers();
});

it("takes an unknown topic for the name of a collection", () => {
  expect(collectionsOf("rewards")).toEqual(["rewards", "home", "pulse"]);
});
