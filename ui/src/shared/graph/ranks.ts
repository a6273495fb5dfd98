import type { Box, Direction, Line, Sized } from "./layout";

/** Passes over all columns that bring boxes nearer to those that they are joined to. */
const SWEEPS = 6;

/**
 * Places for many boxes: a box stands one column behind the last one that it waits for, and in its column near the middle
 * of those. Plainer than what dagre draws, and a hundred times quicker: two hundred boxes take it a second.
 */
export function inColumns(
  things: Sized[],
  lines: Line[],
  gap: { rank: number; box: number },
  direction: Direction,
): Box[] {
  const ids = things.map(({ id }) => id);
  const before = new Map<string, string[]>(ids.map((id) => [id, []]));
  const behind = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of lines) {
    before.get(to)?.push(from);
    behind.get(from)?.push(to);
  }
  const columns = columnsOf(ids, before);
  const place = new Map<string, number>();
  const settle = (column: string[]) => {
    for (const [at, id] of column.entries()) place.set(id, at - (column.length - 1) / 2);
  };
  for (const column of columns) settle(column);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForth = sweep % 2 === 0;
    const near = isForth ? before : behind;
    for (const column of isForth ? columns : [...columns].reverse()) {
      const middle = new Map(column.map((id) => [id, middleOf(near.get(id) ?? [], place, id)]));
      column.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
      settle(column);
    }
  }
  return stand(columns, new Map(things.map((one) => [one.id, one])), gap, direction);
}

/** Columns as deep as their deepest box, one behind the other, each about the same middle. */
function stand(
  columns: string[][],
  sizes: Map<string, Sized>,
  gap: { rank: number; box: number },
  direction: Direction,
): Box[] {
  const isRight = direction === "right";
  const depth = (id: string) => sizes.get(id)?.[isRight ? "width" : "height"] ?? 0;
  const breadth = (id: string) => sizes.get(id)?.[isRight ? "height" : "width"] ?? 0;
  const boxes: Box[] = [];
  let main = 0;
  for (const column of columns) {
    const deep = Math.max(...column.map(depth));
    const broad = column.reduce((sum, id) => sum + breadth(id) + gap.box, -gap.box);
    let side = -broad / 2;
    for (const id of column) {
      const at = main + (deep - depth(id)) / 2;
      boxes.push(isRight ? { id, x: at, y: side } : { id, x: side, y: at });
      side += breadth(id) + gap.box;
    }
    main += deep + gap.rank;
  }
  return boxes;
}

function middleOf(others: string[], place: Map<string, number>, id: string): number {
  if (others.length === 0) return place.get(id) ?? 0;
  return others.reduce((sum, other) => sum + (place.get(other) ?? 0), 0) / others.length;
}

/** Each box one column behind the last of those before it. Boxes in a circle, which no saved job has, stay in the first. */
function columnsOf(ids: string[], before: Map<string, string[]>): string[][] {
  const rank = new Map<string, number>();
  const open = new Set<string>();
  const rankOf = (id: string): number => {
    const known = rank.get(id);
    if (known !== undefined || open.has(id)) return known ?? 0;
    open.add(id);
    const own = (before.get(id) ?? []).reduce((most, one) => Math.max(most, rankOf(one) + 1), 0);
    rank.set(id, own);
    return own;
  };
  const columns: string[][] = [];
  for (const id of ids) {
    const at = rankOf(id);
    while (columns.length <= at) columns.push([]);
    columns[at]?.push(id);
  }
  return columns;
}
