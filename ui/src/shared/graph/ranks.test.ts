import { expect, it } from "vitest";
import { inColumns } from "./ranks";

const sized = (ids: string[]) => ids.map((id) => ({ id, width: 100, height: 40 }));
const gap = { rank: 20, box: 10 };

it("puts a box behind the last one that it waits for", () => {
  const lines = [
    { from: "a", to: "b" },
    { from: "b", to: "c" },
    { from: "a", to: "c" },
  ];
  const boxes = inColumns(sized(["c", "b", "a"]), lines, gap, "right");
  expect(Object.fromEntries(boxes.map((box) => [box.id, box.x]))).toEqual({ a: 0, b: 120, c: 240 });
});

it("keeps boxes of a column apart, and near to what they are joined to", () => {
  const ids = ["a", "b", "c", "a1", "b1", "c1"];
  const lines = ["c", "a", "b"].map((id) => ({ from: id, to: `${id}1` }));
  const boxes = new Map(inColumns(sized(ids), lines, gap, "right").map((box) => [box.id, box]));
  for (const id of ["a", "b", "c"]) expect(boxes.get(`${id}1`)?.y).toBe(boxes.get(id)?.y);
  expect(new Set([...boxes.values()].map((box) => `${box.x} ${box.y}`)).size).toBe(6);
});

it("places two hundred jobs at once", () => {
  const ids = Array.from({ length: 200 }, (_, at) => `j${at}`);
  const lines = ids.slice(1).map((to, at) => ({ from: `j${Math.floor(at / 3)}`, to }));
  expect(inColumns(sized(ids), lines, gap, "right")).toHaveLength(200);
});
