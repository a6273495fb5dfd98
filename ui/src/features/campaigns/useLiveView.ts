import { useGet, useLive } from "../../shared/api";
import { furthest, type Pushed } from "./furthest";
import type { Live } from "./types";

/** Where the newest run stands; pushed while it moves, asked for again every few seconds in case a push was lost. */
export function useLiveView(id: string, moving: boolean) {
  const query = useGet<Live>(`/campaigns/${id}/live`, undefined, {
    refetchMs: moving ? 2_000 : undefined,
    staleMs: 500,
  });
  const pushed = useLive<Pushed>(`campaign:${id}`);
  return { ...query, live: furthest(query.data, pushed) };
}
