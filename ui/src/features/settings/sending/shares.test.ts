import { expect, test } from "vitest";
import { inOrder, sharesOf } from "./shares";

const relay = (id: string, weight: number, more = {}) => ({
  id,
  channel: "email" as const,
  weight,
  isActive: true,
  state: "ok",
  config: {},
  ...more,
});

test("weights are shares of what the channel carries", () => {
  const shares = sharesOf([relay("a", 300), relay("b", 100), relay("spare", 0)]);
  expect([...shares]).toEqual([
    ["a", 75],
    ["b", 25],
    ["spare", 0],
  ]);
});

test("what is off or paused carries nothing, and the others its part", () => {
  const rows = [
    relay("a", 300, { state: "paused" }),
    relay("b", 100),
    relay("c", 100, { isActive: false }),
  ];
  expect([...sharesOf(rows)]).toEqual([["b", 100]]);
  expect(inOrder(rows).map((row) => row.id)).toEqual(["b", "a", "c"]);
});

test("what has sent what it may carries nothing until there is room again", () => {
  const rows = [
    relay("a", 300, { messagesPerHour: 1_000, used: { hour: 1_000, day: 1_000 } }),
    relay("b", 100, { todaysLimit: 2_000, used: { hour: 10, day: 1_999 } }),
  ];
  expect([...sharesOf(rows)]).toEqual([["b", 100]]);
});

test("routes of text messages share nothing with each other", () => {
  const sms = (id: string, route: string) => relay(id, 100, { channel: "sms", config: { route } });
  const shares = sharesOf([
    sms("a", "Route 1"),
    sms("b", "route 1 "),
    sms("c", "Route 2"),
    relay("m", 5),
  ]);
  expect(Object.fromEntries(shares)).toEqual({ a: 50, b: 50, c: 100, m: 100 });
});

test("without any weight the first carries everything", () => {
  expect([...sharesOf([relay("a", 0), relay("b", 0)]).values()]).toEqual([100, 0]);
});
