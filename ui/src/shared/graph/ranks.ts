import type { Box, Direction, Line, Size } from "./layout";

/** Passes over all columns that bring boxes nearer to those that they are joined to. */
const SWEEPS = 6;

/**
 * Places for many boxes: a box stands one column behind the last one that it waits for, and in its column near the middle
 * of those. Plainer than what dagre draws, and a hundred times quicker: two hundred boxes take it a second.
 */
export function inColumns(
  ids: string[],
  lines: Line[],
  size: Size,
  gap: { rank: number; box: number },
  direction: Direction,
): Box[] {
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
  const [along, across] =
    direction === "right" ? [size.width, size.height] : [size.height, size.width];
  return columns.flatMap((column, rank) =>
    column.map((id) => {
      const main = rank * (along + gap.rank);
      const side = (place.get(id) ?? 0) * (across + gap.box);
      return direction === "right" ? { id, x: main, y: side } : { id, x: side, y: main };
    }),
  );
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
