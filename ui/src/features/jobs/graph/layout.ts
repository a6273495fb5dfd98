import { layout as arrange, Graph } from "@dagrejs/dagre";

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

/** How far boxes stand apart: in a column, and from one column to the next. */
const GAP = 20;
const RANK_GAP = 40;
/** Boxes without a line stand in rows of about this many columns. */
const LOOSE_COLUMNS = 5;

/**
 * Places for boxes, by their upper left corners: who waits stands right of (or below) what is waited for. Boxes that nothing joins
 * are put below in a grid, so that they do not make one column as high as there are jobs.
 */
export function place(
  ids: string[],
  lines: Line[],
  size: Size,
  direction: Direction = "right",
): Box[] {
  const known = new Set(ids);
  const kept = lines.filter(({ from, to }) => known.has(from) && known.has(to) && from !== to);
  const joined = new Set(kept.flatMap(({ from, to }) => [from, to]));
  const boxes = ranked(
    ids.filter((id) => joined.has(id)),
    kept,
    size,
    direction,
  );
  const below = boxes.reduce((most, box) => Math.max(most, box.y + size.height), -GAP) + GAP;
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

function ranked(ids: string[], lines: Line[], size: Size, direction: Direction): Box[] {
  const graph = new Graph();
  graph.setGraph({
    rankdir: direction === "right" ? "LR" : "TB",
    nodesep: GAP,
    ranksep: direction === "right" ? RANK_GAP : GAP + 8,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) graph.setNode(id, { ...size });
  for (const { from, to, labelWidth } of lines) {
    graph.setEdge(from, to, labelWidth ? { width: labelWidth, height: 16, labelpos: "c" } : {});
  }
  arrange(graph);
  return ids.map((id) => {
    const { x, y } = graph.node(id) as { x: number; y: number };
    return { id, x: x - size.width / 2, y: y - size.height / 2 };
  });
}
