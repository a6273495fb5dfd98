import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { type ApiError, keyOf, patch, toApiError, useGet } from "../../shared/api";
import { type Campaign, type Draft, draftOf, inputOf } from "./types";

/** Typing rests this long before a draft is saved. */
const REST_MS = 900;

export interface CampaignForm {
  campaign: Campaign | undefined;
  draft: Draft | undefined;
  loadError: ApiError | null;
  reload: () => void;
  set: (parts: Partial<Draft>) => void;
  /** Saves what changed; gives the campaign as it is then. */
  save: () => Promise<Campaign | undefined>;
  saving: boolean;
  savedAt: number | undefined;
  saveError: ApiError | undefined;
  dirty: boolean;
}

/** A campaign being edited: every change saves itself. */
export function useCampaign(id: string): CampaignForm {
  const client = useQueryClient();
  const query = useGet<Campaign>(`/campaigns/${id}`);
  const [draft, setDraft] = useState<Draft>();
  const [saving, setSaving] = useState(false);
  const [savedAt, setSavedAt] = useState<number>();
  const [saveError, setSaveError] = useState<ApiError>();
  const changed = useRef(new Set<keyof Draft>());
  const latest = useRef<Draft>(undefined);
  const running = useRef<Promise<unknown>>(Promise.resolve());
  const [changes, setChanges] = useState(0);
  const campaign = query.data?.id === id ? query.data : undefined;

  useEffect(() => {
    if (!campaign || changed.current.size > 0) return;
    latest.current = draftOf(campaign);
    setDraft(latest.current);
  }, [campaign]);

  const set = useCallback((parts: Partial<Draft>) => {
    if (!latest.current) return;
    latest.current = { ...latest.current, ...parts };
    for (const part of Object.keys(parts)) changed.current.add(part as keyof Draft);
    setDraft(latest.current);
    setSaveError(undefined);
    setChanges((count) => count + 1);
  }, []);

  const saveNow = useCallback(async () => {
    const parts = changed.current;
    if (!latest.current || parts.size === 0) return undefined;
    changed.current = new Set();
    setSaving(true);
    try {
      const saved = await patch<Campaign>(`/campaigns/${id}`, inputOf(latest.current, parts));
      setSavedAt(Date.now());
      client.setQueryData(keyOf(`/campaigns/${id}`), saved);
      void client.invalidateQueries({ queryKey: keyOf(`/campaigns/${id}/readiness`) });
      void client.invalidateQueries({ queryKey: keyOf(`/campaigns/${id}/samples`).slice(0, 2) });
      return saved;
    } catch (cause) {
      for (const part of parts) changed.current.add(part);
      setSaveError(toApiError(cause));
      throw cause;
    } finally {
      setSaving(false);
    }
  }, [client, id]);

  /** One after the other: an answer that comes late never wins over a newer one. */
  const save = useCallback(() => {
    const next = running.current.then(saveNow);
    running.current = next.catch(() => undefined);
    return next;
  }, [saveNow]);

  useEffect(() => {
    if (changes === 0 || changed.current.size === 0) return;
    const timer = setTimeout(() => void save().catch(() => undefined), REST_MS);
    return () => clearTimeout(timer);
  }, [changes, save]);

  // Leaving the screen saves what rests.
  useEffect(
    () => () => {
      if (changed.current.size > 0) void save().catch(() => undefined);
    },
    [save],
  );

  return {
    campaign,
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
