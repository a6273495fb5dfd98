import { expect, it } from "vitest";
import { needed, waitsFor } from "./waitsFor";

const step = (step_code: string, step_order: number, more: object = {}) => ({
  step_code,
  step_order,
  ...more,
});
const plain = (map: Map<string, string[]>) => Object.fromEntries(map);

it("runs steps one after the other, and a group side by side", () => {
  const waits = waitsFor([
    step("check", 1),
    step("vip", 2, { is_parallel: true, parallel_group_id: 1 }),
    step("new", 3, { is_parallel: true, parallel_group_id: 1 }),
    step("store", 4),
  ]);
  expect(plain(waits)).toEqual({
    check: [],
    vip: ["check"],
    new: ["check"],
    store: ["check", "vip", "new"],
  });
  expect(plain(needed(waits)).store).toEqual(["vip", "new"]);
});

it("lets parallel steps wait for what they name alone, and nobody for an inactive one", () => {
  const waits = waitsFor([
    step("a", 1),
    step("b", 2, { is_active: false }),
    step("c", 3, { is_parallel: true, depends_on_step_codes: ["a"] }),
    step("d", 3),
  ]);
  expect(plain(waits)).toEqual({ a: [], b: [], c: ["a"], d: ["a", "c"] });
});

it("takes two hundred steps in a row, and a circle, without an end to either", () => {
  const many = Array.from({ length: 200 }, (_, at) => step(`s${at}`, at));
  expect(plain(needed(waitsFor(many))).s199).toEqual(["s198"]);
  const circle = new Map([
    ["a", ["b"]],
    ["b", ["a"]],
  ]);
  expect(plain(needed(circle))).toEqual({ a: ["b"], b: ["a"] });
});
