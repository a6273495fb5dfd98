import { useGet, useLive } from "../../shared/api";
import type { Live } from "./types";

const isWhole = (data: Partial<Live> | undefined): data is Live => data?.counters !== undefined;

/** Where the newest run stands; pushed while it moves, asked for again every few seconds in case a push was lost. */
export function useLiveView(id: string, moving: boolean) {
  const query = useGet<Live>(`/campaigns/${id}/live`, undefined, {
    refetchMs: moving ? 2_000 : undefined,
    staleMs: 500,
  });
  const pushed = useLive<Partial<Live>>(`campaign:${id}`);
  // A push without numbers only says that something changed; the query asks by itself then.
  return { ...query, live: isWhole(pushed) && pushed.campaignId === id ? pushed : query.data };
}
