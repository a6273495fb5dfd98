import type { ProviderView } from "../../../gen";
import { isFull } from "./state";

type Weighed = Pick<ProviderView, "id" | "channel" | "weight" | "isActive" | "state" | "config"> &
  Parameters<typeof isFull>[0];

/** Providers that take turns: those of a channel, and for text messages of one route. */
const groupOf = (row: Weighed): string => {
  const { route } = row.config as { route?: string };
  return `${row.channel}/${(route ?? "").trim().toLowerCase()}`;
};

const carries = (row: Weighed) => row.isActive && row.state === "ok" && !isFull(row);

/**
 * What each provider carries of the messages of its channel and route, in percent. 0: only when the others fail.
 * Those that carry nothing now, because they are off, paused or at a limit, are left out.
 */
export function sharesOf(rows: Weighed[]): Map<string, number> {
  const shares = new Map<string, number>();
  const working = rows.filter(carries);
  for (const row of working) {
    const group = working.filter((other) => groupOf(other) === groupOf(row));
    const total = group.reduce((sum, other) => sum + other.weight, 0);
    // Where nobody has a weight, the first carries everything.
    const share = total > 0 ? row.weight / total : row === group[0] ? 1 : 0;
    shares.set(row.id, share * 100);
  }
  return shares;
}

/** Most traffic first; what carries nothing last. Equals stay in the order in which they were added. */
export function inOrder<R extends Weighed>(rows: R[]): R[] {
  const shares = sharesOf(rows);
  const rank = (row: R) => shares.get(row.id) ?? -1;
  return [...rows].sort((one, other) => rank(other) - rank(one));
}
