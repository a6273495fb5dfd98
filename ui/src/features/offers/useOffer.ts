import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { type ApiError, keyOf, patch, toApiError, useGet } from "../../shared/api";
import { type Draft, draftOf, inputOf, type OfferDetail } from "./types";

/** Typing rests this long before a draft is saved. */
const REST_MS = 1_200;

export interface OfferForm {
  offer: OfferDetail | undefined;
  draft: Draft | undefined;
  loadError: ApiError | null;
  reload: () => void;
  set: <P extends keyof Draft>(part: P, value: Draft[P]) => void;
  /** Saves what changed; gives the offer as it is then. */
  save: (more?: Record<string, unknown>) => Promise<OfferDetail | undefined>;
  saving: boolean;
  savedAt: number | undefined;
  saveError: ApiError | undefined;
  dirty: boolean;
}

/** One offer being edited: a draft saves itself, an offer in use only when told to. */
export function useOffer(id: string): OfferForm {
  const client = useQueryClient();
  const query = useGet<OfferDetail>(`/offers/${id}`, undefined, {
    staleMs: Number.POSITIVE_INFINITY,
  });
  const [offer, setOffer] = useState<OfferDetail>();
  const [draft, setDraft] = useState<Draft>();
  const [saving, setSaving] = useState(false);
  const [savedAt, setSavedAt] = useState<number>();
  const [saveError, setSaveError] = useState<ApiError>();
  const changed = useRef(new Set<keyof Draft>());
  const latest = useRef<Draft>(undefined);
  const running = useRef<Promise<unknown>>(Promise.resolve());
  const [changes, setChanges] = useState(0);

  useEffect(() => {
    if (!query.data || query.data.id !== id) return;
    setOffer(query.data);
    if (changed.current.size === 0) {
      latest.current = draftOf(query.data);
      setDraft(latest.current);
    }
  }, [query.data, id]);

  const set = useCallback(<P extends keyof Draft>(part: P, value: Draft[P]) => {
    if (!latest.current) return;
    latest.current = { ...latest.current, [part]: value };
    changed.current.add(part);
    setDraft(latest.current);
    setChanges((count) => count + 1);
  }, []);

  const saveNow = useCallback(
    async (more: Record<string, unknown>) => {
      if (!latest.current) return undefined;
      const parts = changed.current;
      if (parts.size === 0 && Object.keys(more).length === 0) return undefined;
      changed.current = new Set();
      setSaving(true);
      try {
        const input = { ...inputOf(latest.current, parts), ...more };
        const saved = await patch<OfferDetail>(`/offers/${id}`, input);
        setOffer(saved);
        setSavedAt(Date.now());
        setSaveError(undefined);
        client.setQueryData(keyOf(`/offers/${id}`), saved);
        void client.invalidateQueries({ queryKey: ["offers", "/offers"] });
        return saved;
      } catch (cause) {
        for (const part of parts) changed.current.add(part);
        setSaveError(toApiError(cause));
        throw cause;
      } finally {
        setSaving(false);
        setChanges((count) => count + 1);
      }
    },
    [client, id],
  );

  /** One after the other: an answer that comes late never wins over a newer one. */
  const save = useCallback(
    (more: Record<string, unknown> = {}) => {
      const next = running.current.then(() => saveNow(more));
      running.current = next.catch(() => undefined);
      return next;
    },
    [saveNow],
  );

  const autosaves = offer?.status === "draft";
  useEffect(() => {
    if (!autosaves || changes === 0 || changed.current.size === 0 || saveError) return;
    const timer = setTimeout(() => void save().catch(() => undefined), REST_MS);
    return () => clearTimeout(timer);
  }, [autosaves, changes, save, saveError]);

  // A change after a failed save tries again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the draft clears the error
  useEffect(() => setSaveError(undefined), [draft]);

  // Leaving the screen saves what rests.
  useEffect(
    () => () => {
      if (autosaves && changed.current.size > 0) void save().catch(() => undefined);
    },
    [autosaves, save],
  );

  return {
    offer,
    draft,
    loadError: query.error,
    reload: () => void query.refetch(),
    set,
    save,
    saving,
    savedAt,
    saveError,
    dirty: changed.current.size > 0,
  };
}
