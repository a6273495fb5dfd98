import { expect, it } from "vitest";
import { boxTowards } from "./walk";

const boxes = [
  { id: "a", x: 0, y: 100 },
  { id: "b", x: 200, y: 0 },
  { id: "c", x: 200, y: 90 },
  { id: "d", x: 400, y: 100 },
];
const to = (key: string, id: string) => {
  const from = boxes.find((box) => box.id === id);
  return from && boxTowards(key, from, boxes)?.id;
};

it("walks to the nearest box in the direction of the key", () => {
  expect(to("ArrowRight", "a")).toBe("c");
  expect(to("ArrowRight", "c")).toBe("d");
  expect(to("ArrowUp", "c")).toBe("b");
  expect(to("ArrowLeft", "d")).toBe("c");
});

it("stays at the edge, and at any other key", () => {
  expect(to("ArrowLeft", "a")).toBeUndefined();
  expect(to("Tab", "a")).toBeUndefined();
});
