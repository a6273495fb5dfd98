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
    "pulse",
    "waiting-messages",
  ]);
  vi.useRealTimers();
});

it("takes an unknown topic for the name of a collection", () => {
  expect(collectionsOf("rewards")).toEqual(["rewards", "home", "pulse"]);
});
