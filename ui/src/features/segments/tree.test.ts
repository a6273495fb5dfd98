import { describe, expect, it } from "vitest";
import {
  carryValue,
  fromCriteria,
  isComplete,
  move,
  newLine,
  replace,
  toCriteria,
  unfinished,
} from "./tree";
import type { Field } from "./types";

const tier: Field = {
  name: "tier",
  label: "Tier",
  type: "text",
  operators: ["equals", "in"],
  isCustom: false,
  values: [],
};
const vip = { field: "tier", operator: "equals", value: "VIP" };
const nested = {
  logic: "AND",
  conditions: [
    vip,
    { logic: "OR", conditions: [vip, { field: "city", operator: "is_set" }] },
    { logic: "NOT", conditions: [vip] },
  ],
};

describe("the tree of a segment", () => {
  it("comes back as it went", () => {
    expect(toCriteria(fromCriteria(nested)).criteria).toEqual(nested);
    expect(toCriteria(fromCriteria(vip)).criteria).toEqual({ logic: "AND", conditions: [vip] });
    const negated = { conditions: [{ ...vip, not: true }] };
    expect(toCriteria(fromCriteria(negated)).criteria.conditions).toEqual([
      { logic: "NOT", conditions: [vip] },
    ]);
  });

  it("leaves out what is not finished, and keeps track of the rows", () => {
    const root = fromCriteria(nested);
    root.items.unshift(newLine(tier));
    expect(unfinished(root)).toBe(1);
    const { criteria, rows } = toCriteria(root);
    expect(criteria).toEqual(nested);
    expect(rows.get("0")).toBe(root.items[1]?.id);
    expect(rows.get("1.1")).toBeDefined();
  });

  it("moves and takes out rows inside their group", () => {
    const root = fromCriteria(nested);
    const [first, group] = root.items;
    if (!first || group?.kind !== "group") throw new Error("not the tree expected");
    expect(move(root, first.id, 1).items[1]?.id).toBe(first.id);
    expect(move(root, first.id, -1)).toBe(root);
    const inner = group.items[0]?.id ?? 0;
    const without = replace(root, inner, () => undefined).items[1];
    expect(without?.kind === "group" && without.items.length).toBe(1);
  });

  it("carries a value over to another operator where it fits", () => {
    expect(carryValue(tier, "equals", "in", "VIP")).toEqual(["VIP"]);
    expect(carryValue(tier, "in", "equals", ["VIP", "Gold"])).toBe("VIP");
    expect(carryValue(tier, "equals", "is_set", "VIP")).toBe("VIP");
    const ends = { id: 1, kind: "line" as const, field: "x", operator: "between", value: [1, 0] };
    expect(isComplete(ends)).toBe(true);
    expect(isComplete({ ...ends, value: [1, undefined] })).toBe(false);
  });
});
