import { layout as arrange, type EdgeLabel, Graph, type NodeLabel } from "@dagrejs/dagre";
import { inColumns } from "./ranks";
import { type Point, type Route, routed } from "./routes";

export interface Box {
  id: string;
  /** Of its upper left corner. */
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Sized extends Size {
  id: string;
}

export interface Line {
  from: string;
  to: string;
  /** Room that the words on it need, in pixels. */
  label?: Size;
}

/** Which way time goes. */
export type Direction = "right" | "down";

export interface Placed {
  boxes: Box[];
  /** How lines run past boxes, by `lineKey`; a line without an entry runs straight to where it leads. */
  routes: Map<string, Route>;
}

export const lineKey = ({ from, to }: { from: string; to: string }): string => `${from} ${to}`;

/** How far boxes stand apart: in a column, and from one column to the next, or from one row to the next. */
const GAP = 20;
const RANK_GAP = { right: 40, down: 28 };
/** So much more where lines have words, on both sides of which they bend. */
const BEND = 20;
/** More boxes than this are placed by a plainer rule: dagre takes a second for two hundred. */
const MANY = 80;
/** Boxes without a line stand in rows of about this many columns. */
const LOOSE_COLUMNS = 5;

/**
 * Places for boxes: who waits stands right of (or below) what is waited for. Boxes that nothing joins are put below in a
 * grid, so that they do not make one column as high as there are jobs.
 */
export function place(things: Sized[], lines: Line[], direction: Direction = "right"): Placed {
  const known = new Set(things.map(({ id }) => id));
  const kept = lines.filter(({ from, to }) => known.has(from) && known.has(to) && from !== to);
  const joined = new Set(kept.flatMap(({ from, to }) => [from, to]));
  const chained = things.filter(({ id }) => joined.has(id));
  const { boxes, routes } = ranked(chained, kept, direction);
  const sizes = new Map(chained.map((one) => [one.id, one]));
  const ends = [
    ...boxes.map((box) => box.y + (sizes.get(box.id)?.height ?? 0)),
    ...[...routes.values()].flatMap(({ passages }) => passages.flat().map((point) => point.y)),
  ];
  const below = ends.length > 0 ? Math.max(...ends) + 2 * GAP : 0;
  const loose = things.filter(({ id }) => !joined.has(id));
  return { boxes: [...boxes, ...grid(loose, below)], routes };
}

/** In rows as high as the highest box of each. */
function grid(things: Sized[], from: number): Box[] {
  const width = Math.max(...things.map((one) => one.width));
  const boxes: Box[] = [];
  let y = from;
  for (let at = 0; at < things.length; at += LOOSE_COLUMNS) {
    const row = things.slice(at, at + LOOSE_COLUMNS);
    boxes.push(...row.map(({ id }, column) => ({ id, x: column * (width + GAP), y })));
    y += Math.max(...row.map((one) => one.height)) + GAP;
  }
  return boxes;
}

function ranked(things: Sized[], lines: Line[], direction: Direction): Placed {
  const rank = RANK_GAP[direction] + (lines.some((line) => line.label) ? BEND : 0);
  if (things.length > MANY) {
    const boxes = inColumns(things, lines, { rank, box: GAP }, direction);
    return { boxes: upright(boxes), routes: new Map() };
  }
  const graph = new Graph<object, NodeLabel, EdgeLabel>();
  graph.setGraph({
    rankdir: direction === "right" ? "LR" : "TB",
    nodesep: GAP,
    ranksep: rank,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of things) graph.setNode(id, { width, height });
  for (const { from, to, label } of lines) {
    graph.setEdge(from, to, label ? { ...label, labelpos: "c" } : {});
  }
  arrange(graph);
  const middles = new Map(
    things.map((one) => {
      const { x = 0, y = 0 } = graph.node(one.id);
      return [one.id, { ...one, x, y }];
    }),
  );
  const drawn = lines.map((line) => {
    const { points = [], x, y } = graph.edge(line.from, line.to);
    const label = line.label && x !== undefined && y !== undefined && { ...line.label, x, y };
    return { key: lineKey(line), points: points as Point[], label: label || undefined };
  });
  return {
    boxes: [...middles.values()].map(({ id, x, y, width, height }) => ({
      id,
      x: x - width / 2,
      y: y - height / 2,
    })),
    routes: routed(drawn, [...middles.values()], direction),
  };
}

/** The same places with none left of or above the origin. */
function upright(boxes: Box[]): Box[] {
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  return boxes.map((box) => ({ ...box, x: box.x - left, y: box.y - top }));
}
