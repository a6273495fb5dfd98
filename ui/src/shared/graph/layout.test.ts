import { expect, it } from "vitest";
import { place } from "./layout";

const size = { width: 200, height: 60 };
const at = (boxes: { id: string; x: number; y: number }[], id: string) => {
  const box = boxes.find((one) => one.id === id);
  if (!box) throw new Error(`no box ${id}`);
  return box;
};

it("puts who waits right of what is waited for", () => {
  const boxes = place(
    ["d", "c", "b", "a"],
    [
      { from: "a", to: "b" },
      { from: "a", to: "c" },
      { from: "b", to: "d" },
      { from: "c", to: "d" },
    ],
    size,
  );
  expect(at(boxes, "a").x).toBeLessThan(at(boxes, "b").x);
  expect(at(boxes, "b").x).toBe(at(boxes, "c").x);
  expect(Math.abs(at(boxes, "b").y - at(boxes, "c").y)).toBeGreaterThanOrEqual(60);
  expect(at(boxes, "c").x).toBeLessThan(at(boxes, "d").x);
});

it("keeps boxes apart, also those that nothing joins, and leaves out lines to nowhere", () => {
  const ids = Array.from({ length: 150 }, (_, n) => `j${n}`);
  const lines = ids.slice(1, 100).map((to, n) => ({ from: `j${Math.floor(n / 3)}`, to }));
  const boxes = place(ids, [...lines, { from: "gone", to: "j1" }, { from: "j2", to: "j2" }], size);
  expect(boxes).toHaveLength(150);
  for (const one of boxes) {
    const meets = boxes.filter(
      (other) => other !== one && Math.abs(other.x - one.x) < 200 && Math.abs(other.y - one.y) < 60,
    );
    expect(meets).toEqual([]);
  }
});

it("has an answer for nothing, and for a circle", () => {
  expect(place([], [], size)).toEqual([]);
  const circle = [
    { from: "a", to: "b" },
    { from: "b", to: "a" },
  ];
  expect(place(["a", "b"], circle, size)).toHaveLength(2);
});
