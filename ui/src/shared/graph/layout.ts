import { layout as arrange, Graph } from "@dagrejs/dagre";
import { inColumns } from "./ranks";

export interface Box {
  id: string;
  x: number;
  y: number;
}

export interface Line {
  from: string;
  to: string;
  /** Room that the words on it need, in pixels. */
  labelWidth?: number;
}

/** Which way time goes. */
export type Direction = "right" | "down";

export interface Size {
  width: number;
  height: number;
}

/** Of a point at which lines meet. */
const JOINT: Size = { width: 2, height: 2 };

/** How far boxes stand apart: in a column, and from one column to the next. */
const GAP = 20;
const RANK_GAP = 40;
/** More boxes than this are placed by a plainer rule: dagre takes a second for two hundred. */
const MANY = 80;
/** Boxes without a line stand in rows of about this many columns. */
const LOOSE_COLUMNS = 5;

/**
 * Places for boxes, by their upper left corners: who waits stands right of (or below) what is waited for. Boxes that nothing joins
 * are put below in a grid, so that they do not make one column as high as there are jobs. `joints` are points and no boxes.
 */
export function place(
  ids: string[],
  lines: Line[],
  size: Size,
  direction: Direction = "right",
  joints: ReadonlySet<string> = new Set(),
): Box[] {
  const sizeOf = (id: string) => (joints.has(id) ? JOINT : size);
  const known = new Set(ids);
  const kept = lines.filter(({ from, to }) => known.has(from) && known.has(to) && from !== to);
  const joined = new Set(kept.flatMap(({ from, to }) => [from, to]));
  const boxes = ranked(
    ids.filter((id) => joined.has(id)),
    kept,
    sizeOf,
    direction,
  );
  const below =
    boxes.reduce((most, box) => Math.max(most, box.y + sizeOf(box.id).height), -GAP) + GAP;
  const loose = ids.filter((id) => !joined.has(id));
  return [
    ...boxes,
    ...loose.map((id, at) => ({
      id,
      x: (at % LOOSE_COLUMNS) * (size.width + GAP),
      y: below + (boxes.length ? GAP : 0) + Math.floor(at / LOOSE_COLUMNS) * (size.height + GAP),
    })),
  ];
}

function ranked(
  ids: string[],
  lines: Line[],
  sizeOf: (id: string) => Size,
  direction: Direction,
): Box[] {
  if (ids.length > MANY) {
    const rank = direction === "right" ? RANK_GAP : GAP + 8;
    const whole = sizeOf("");
    return upright(inColumns(ids, lines, whole, { rank, box: GAP }, direction));
  }
  const graph = new Graph();
  graph.setGraph({
    rankdir: direction === "right" ? "LR" : "TB",
    nodesep: GAP,
    ranksep: direction === "right" ? RANK_GAP : GAP + 8,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) graph.setNode(id, { ...sizeOf(id) });
  for (const { from, to, labelWidth } of lines) {
    graph.setEdge(from, to, labelWidth ? { width: labelWidth, height: 16, labelpos: "c" } : {});
  }
  arrange(graph);
  return ids.map((id) => {
    const { x, y } = graph.node(id) as { x: number; y: number };
    return { id, x: x - sizeOf(id).width / 2, y: y - sizeOf(id).height / 2 };
  });
}

/** The same places with none left of or above the origin. */
function upright(boxes: Box[]): Box[] {
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  return boxes.map((box) => ({ ...box, x: box.x - left, y: box.y - top }));
}
