/** Value axis from 0 with 4–5 gridlines at round numbers: `ticks(930)` → 0, 250, 500, 750, 1000. */
export function ticks(max: number): number[] {
  if (!(max > 0)) return [0, 1];
  const rough = max / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((unit) => unit * power >= rough * 0.999) ?? 10) * power;
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, place) => Number((place * step).toPrecision(12)));
}

/** Spreads end labels so that none covers another; keeps their order. Pixels from the top. */
export function spread(places: number[], gap: number, bottom: number): number[] {
  const order = places.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  for (let i = 1; i < order.length; i++) {
    const before = order[i - 1];
    const here = order[i];
    if (before && here && here.y - before.y < gap) here.y = before.y + gap;
  }
  let limit = bottom;
  for (const item of [...order].reverse()) {
    item.y = Math.min(item.y, limit);
    limit = item.y - gap;
  }
  const out = places.slice();
  for (const { y, index } of order) out[index] = y;
  return out;
}
