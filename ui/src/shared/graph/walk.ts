import type { Box } from "./layout";

const WAYS: Record<string, { x: number; y: number }> = {
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowDown: { x: 0, y: 1 },
  ArrowUp: { x: 0, y: -1 },
};
/** So much farther counts what lies to the side than what lies ahead. */
const ASIDE = 2.5;

/** The box that an arrow key leads to from another: the nearest in that direction. None at the edge, or for other keys. */
export function boxTowards(key: string, from: Box, boxes: Iterable<Box>): Box | undefined {
  const way = WAYS[key];
  if (!way) return undefined;
  let best: { box: Box; far: number } | undefined;
  for (const box of boxes) {
    const [dx, dy] = [box.x - from.x, box.y - from.y];
    const ahead = dx * way.x + dy * way.y;
    const aside = Math.abs(dx * way.y) + Math.abs(dy * way.x);
    if (ahead <= 0 || aside > ahead * 6) continue;
    const far = ahead + aside * ASIDE;
    if (!best || far < best.far) best = { box, far };
  }
  return best?.box;
}
