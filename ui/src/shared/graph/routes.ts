import type { Direction, Size } from "./layout";

export interface Point {
  x: number;
  y: number;
}

/** How a line runs between its ends: straight along each passage, between boxes and words, in curves from one to the next. */
export interface Route {
  passages: [Point, Point][];
  /** The middle of its words. */
  label?: Point;
}

/** A line as dagre places it: its ends, and a point between the boxes of each rank that it leads past. */
interface Drawn {
  key: string;
  points: Point[];
  label?: Point & Size;
}

/** So far a line runs on before it turns back. */
const TURN = 36;

/** A point by where it is along the way of time, and across it. */
const along = ({ x, y }: Point, way: Direction) => (way === "right" ? x : y);
const moved = ({ x, y }: Point, way: Direction, by: number): Point =>
  way === "right" ? { x: x + by, y } : { x, y: y + by };

/** The routes of lines among things, given by their middles, that stand in ranks. */
export function routed(
  lines: Drawn[],
  things: (Point & Size)[],
  way: Direction,
): Map<string, Route> {
  /** Half of how deep a rank is, by where its middle is. */
  const ranks = new Map<number, number>();
  const labels = lines.flatMap(({ label }) => label ?? []);
  for (const thing of [...things, ...labels]) {
    const rank = Math.round(along(thing, way));
    const half = (way === "right" ? thing.width : thing.height) / 2;
    ranks.set(rank, Math.max(ranks.get(rank) ?? 0, half));
  }
  return new Map(
    lines.map(({ key, points, label }) => {
      const [first, last] = [points[0], points.at(-1)];
      const isForth = !first || !last || along(first, way) <= along(last, way);
      const passages = points.slice(1, -1).flatMap((point): [Point, Point][] => {
        const half = ranks.get(Math.round(along(point, way)));
        if (half === undefined) return [];
        const by = isForth ? half : -half;
        return [[moved(point, way, -by), moved(point, way, by)]];
      });
      return [key, { passages, label: label && { x: label.x, y: label.y } }];
    }),
  );
}

/** What is drawn of a line from the end of one box to the begin of another, as a path of SVG. */
export function pathOf(start: Point, { passages }: Route, end: Point, way: Direction): string {
  const at = ({ x, y }: Point) => `${round(x)},${round(y)}`;
  const parts = [`M${at(start)}`];
  let from = start;
  for (const [into, out] of [...passages, [end, end] as const]) {
    const far = along(into, way) - along(from, way);
    // Boxes are left and entered in the direction of time, also by a line that leads back.
    const leave = from === start && far <= 0 ? TURN : far / 2;
    const enter = into === end && far <= 0 ? TURN : far / 2;
    parts.push(`C${at(moved(from, way, leave))} ${at(moved(into, way, -enter))} ${at(into)}`);
    if (out !== into) parts.push(`L${at(out)}`);
    from = out;
  }
  return parts.join(" ");
}

const round = (value: number): number => Math.round(value * 10) / 10;
