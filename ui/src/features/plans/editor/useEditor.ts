import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { type ApiError, keyOf, patch, post, useSend } from "../../../shared/api";
import { say } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { parsed, sketchOf } from "../model/sketch";
import type { PlanCheck, PlanDetail } from "../model/types";

const CHECK_AFTER_MS = 400;
const STALE = { stale: ["plans", "campaigns", "approvals", "home"] };

export interface PlanDraft {
  name: string;
  segmentIds: string[];
  excludeSegmentIds: string[];
  /** The plan's JSON as it is typed. */
  typed: string;
}

export const draftOf = (plan: PlanDetail): PlanDraft => ({
  name: plan.name,
  segmentIds: plan.segmentIds,
  excludeSegmentIds: plan.excludeSegmentIds,
  typed: plan.plan ? written(plan.plan) : "",
});

export const written = (plan: unknown): string => `${JSON.stringify(plan, null, 2)}\n`;

/** A plan beside what is stored: what is wrong with it, what is drawn of it, and how it is saved. */
export function useEditor(
  stored: PlanDetail | undefined,
  begin: PlanDraft,
  onSaved: (id: string) => void,
) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(begin);
  const { json, error: unreadable } = useMemo(() => parsed(draft.typed), [draft.typed]);
  // What can be drawn stays while somebody is in the middle of a word.
  const last = useRef<unknown>(json);
  if (unreadable === undefined) last.current = json;
  const drawn = last.current;
  const sketch = useMemo(() => sketchOf(drawn), [drawn]);
  const [settled] = useDebouncedValue(json, CHECK_AFTER_MS);
  const check = useQuery<PlanCheck, ApiError>({
    queryKey: ["plans", "check", settled],
    queryFn: () => post<PlanCheck>("/plans/check", { plan: settled }),
    enabled: settled !== undefined,
    placeholderData: (before) => before,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });
  // While it runs only its text may be changed.
  const isRunning = stored?.status === "running" || stored?.status === "paused";
  const save = useSend<void, PlanDetail>(
    () => {
      const { name, segmentIds, excludeSegmentIds } = draft;
      const who = { name: name.trim(), segmentIds, excludeSegmentIds };
      return stored
        ? patch<PlanDetail>(`/plans/${stored.id}`, {
            ...(isRunning ? {} : who),
            plan: json,
            version: stored.version,
          })
        : post<PlanDetail>("/plans", { ...who, plan: json });
    },
    {
      ...STALE,
      onSuccess: (made) => {
        client.setQueryData(keyOf(`/plans/${made.id}`), made);
        say(t("Plan saved"));
        onSaved(made.id);
      },
    },
  );
  return {
    draft,
    set: (change: Partial<PlanDraft>) => setDraft((before) => ({ ...before, ...change })),
    unreadable,
    sketch,
    isRunning,
    isChanged: !stored || JSON.stringify(draft) !== JSON.stringify(begin),
    problems: unreadable === undefined ? (check.data?.problems ?? []) : [],
    checkError: check.error,
    save: () => save.mutate(),
    isBusy: save.isPending,
    error: save.error,
  };
}
