import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { ApiError, keyOf, post, useGet, useLive, useSession } from "../../shared/api";
import { sayError } from "../../shared/feedback";
import type { BoardData, BoardFilter, Card, CardDetail, CardStatus, Here } from "./types";

const BEAT_MS = 20_000;

const queryOf = (filter: BoardFilter, done: boolean) => ({
  owner: filter.owner,
  campaignId: filter.campaignId,
  priority: filter.priority,
  done: done || undefined,
});

export interface Move {
  card: Card;
  status: CardStatus;
  queue: string;
  /** The card that comes after it; none: the end of the column. */
  beforeId: string | null;
}

/** The board's data and the one change that is shown before the server has answered. */
export function useBoard(filter: BoardFilter, withDone: boolean) {
  const query = queryOf(filter, withDone);
  const board = useGet<BoardData>("/board", query);
  const client = useQueryClient();
  const move = useCallback(
    async (change: Move) => {
      const key = keyOf("/board", query);
      // At once: a card that is in its new place when the drop ends keeps the focus.
      void client.cancelQueries({ queryKey: key }, { revert: false });
      client.setQueryData<BoardData>(key, (old) => old && moved(old, change));
      try {
        const { card, status, queue, beforeId } = change;
        const body = { status, queue, beforeId, version: card.version };
        const fresh = await post<CardDetail>(`/cards/${card.id}/move`, body);
        client.setQueryData(keyOf(`/cards/${card.id}`), fresh);
      } catch (cause) {
        sayError(cause);
      }
      void client.invalidateQueries({ queryKey: ["board"] });
      void client.invalidateQueries({ queryKey: ["cards"] });
    },
    [client, query],
  );
  return { board, move };
}

function moved(old: BoardData, { card, status, queue, beforeId }: Move): BoardData {
  const rest = old.cards.filter((one) => one.id !== card.id);
  const done = old.done.filter((one) => one.id !== card.id);
  const next = { ...card, status, queue };
  if (status === "done") return { ...old, cards: rest, done: [next, ...done] };
  const at = beforeId ? rest.findIndex((one) => one.id === beforeId) : -1;
  const cards = at < 0 ? [...rest, next] : [...rest.slice(0, at), next, ...rest.slice(at)];
  return { ...old, cards, done };
}

/** Says every 20 seconds that this window looks, and gives everybody who does. */
export function usePresence(cardId: string | null, isWriting: boolean): Here[] {
  const live = useLive<Here[]>("presence");
  const me = useSession()?.user.id;
  useEffect(() => {
    const beat = () => void post("/board/presence", { cardId, isWriting }).catch(ignore);
    beat();
    const timer = setInterval(beat, BEAT_MS);
    return () => clearInterval(timer);
  }, [cardId, isWriting]);
  useEffect(() => {
    return () => void post("/board/presence", { isLeaving: true }).catch(ignore);
  }, []);
  return useMemo(
    () => [...(live ?? [])].sort((a, b) => Number(b.userId === me) - Number(a.userId === me)),
    [live, me],
  );
}

/** Presence is a courtesy: when it cannot be said, the work goes on. */
function ignore(cause: unknown): void {
  if (!(cause instanceof ApiError)) throw cause;
}
