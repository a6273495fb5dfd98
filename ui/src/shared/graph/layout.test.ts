import { expect, it } from "vitest";
import { type Box, lineKey, place, type Sized } from "./layout";
import { pathOf } from "./routes";

const sized = (ids: string[]): Sized[] => ids.map((id) => ({ id, width: 200, height: 60 }));
const at = (boxes: { id: string; x: number; y: number }[], id: string) => {
  const box = boxes.find((one) => one.id === id);
  if (!box) throw new Error(`no box ${id}`);
  return box;
};

it("puts who waits right of what is waited for", () => {
  const { boxes } = place(sized(["d", "c", "b", "a"]), [
    { from: "a", to: "b" },
    { from: "a", to: "c" },
    { from: "b", to: "d" },
    { from: "c", to: "d" },
  ]);
  expect(at(boxes, "a").x).toBeLessThan(at(boxes, "b").x);
  expect(at(boxes, "b").x).toBe(at(boxes, "c").x);
  expect(Math.abs(at(boxes, "b").y - at(boxes, "c").y)).toBeGreaterThanOrEqual(60);
  expect(at(boxes, "c").x).toBeLessThan(at(boxes, "d").x);
});

it("keeps boxes apart, also those that nothing joins, and leaves out lines to nowhere", () => {
  const ids = Array.from({ length: 150 }, (_, n) => `j${n}`);
  const lines = ids.slice(1, 100).map((to, n) => ({ from: `j${Math.floor(n / 3)}`, to }));
  const strange = [
    { from: "gone", to: "j1" },
    { from: "j2", to: "j2" },
  ];
  const { boxes } = place(sized(ids), [...lines, ...strange]);
  expect(boxes).toHaveLength(150);
  for (const one of boxes) {
    const meets = boxes.filter(
      (other) => other !== one && Math.abs(other.x - one.x) < 200 && Math.abs(other.y - one.y) < 60,
    );
    expect(meets).toEqual([]);
  }
});

it("has an answer for nothing, and for a circle", () => {
  expect(place([], []).boxes).toEqual([]);
  const circle = [
    { from: "a", to: "b" },
    { from: "b", to: "a" },
  ];
  expect(place(sized(["a", "b"]), circle).boxes).toHaveLength(2);
});

it("leads a line past the boxes between its ends, and words past words", () => {
  const label = { width: 120, height: 16 };
  const words = [
    { from: "a", to: "b", label },
    { from: "b", to: "c", label },
    { from: "c", to: "d", label },
    { from: "a", to: "d", label },
    { from: "b", to: "d", label },
  ];
  for (const way of ["right", "down"] as const) {
    const things = sized(["a", "b", "c", "d"]);
    const { boxes, routes } = place(things, words, way);
    const rects = boxes.map((box) => ({ ...box, width: 200, height: 60 }));
    for (const line of words) {
      const route = routes.get(lineKey(line));
      if (!route) throw new Error(`no route ${lineKey(line)}`);
      const others = rects.filter(({ id }) => id !== line.from && id !== line.to);
      for (const point of drawnAt(route, line, rects, way)) {
        expect(
          others.filter((box) => holds(box, point)),
          lineKey(line),
        ).toEqual([]);
      }
    }
    const said = words.map((line) => routes.get(lineKey(line))?.label);
    for (const [at, one] of said.entries()) {
      for (const other of said.slice(at + 1)) {
        const isApart =
          Math.abs((one?.x ?? 0) - (other?.x ?? 0)) >= 120 ||
          Math.abs((one?.y ?? 0) - (other?.y ?? 0)) >= 16;
        expect(isApart).toBe(true);
      }
    }
  }
});

type Rect = Box & { width: number; height: number };
const holds = (box: Rect, { x, y }: { x: number; y: number }) =>
  x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;

/** Points of a path, close enough to see what it crosses. */
function drawnAt(
  route: Parameters<typeof pathOf>[1],
  line: { from: string; to: string },
  rects: Rect[],
  way: "right" | "down",
) {
  const [from, to] = [at(rects, line.from), at(rects, line.to)];
  const middle = { x: 100, y: 30 };
  const start =
    way === "right"
      ? { x: from.x + 200, y: from.y + middle.y }
      : { x: from.x + middle.x, y: from.y + 60 };
  const end = way === "right" ? { x: to.x, y: to.y + middle.y } : { x: to.x + middle.x, y: to.y };
  const path = pathOf(start, route, end, way);
  const points: { x: number; y: number }[] = [];
  let pen = start;
  for (const [, , numbers = ""] of path.matchAll(/([CL])([^CL]+)/g)) {
    const spots = numbers
      .trim()
      .split(" ")
      .map((pair) => pair.split(",").map(Number))
      .map(([x = 0, y = 0]) => ({ x, y }));
    const [c1, c2, stop] = spots.length === 3 ? spots : [pen, spots[0], spots[0]];
    if (!c1 || !c2 || !stop) throw new Error(path);
    for (let step = 0; step <= 20; step += 1) {
      const [u, v] = [1 - step / 20, step / 20];
      const mix = (of: "x" | "y") =>
        u ** 3 * pen[of] + 3 * u * u * v * c1[of] + 3 * u * v * v * c2[of] + v ** 3 * stop[of];
      points.push({ x: mix("x"), y: mix("y") });
    }
    pen = stop;
  }
  return points;
}
