import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { type ApiError, patch, post } from "../../../shared/api";
import { say } from "../../../shared/feedback";
import { differences, useVersioned } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { parsed, sketchOf } from "../model/sketch";
import type { PlanCheck, PlanDetail } from "../model/types";

const CHECK_AFTER_MS = 400;
const STALE = ["plans", "campaigns", "approvals", "home"];
const NODES = { list: "nodes", id: "id" };

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
  // While it runs only its text may be changed.
  const isRunning = stored?.status === "running" || stored?.status === "paused";
  const versioned = useVersioned<PlanDraft, PlanDetail>({
    path: "/plans",
    stored,
    begin,
    draftOf,
    send: ({ typed, name, ...segments }, version) => {
      const plan = parsed(typed).json;
      const who = { name: name.trim(), ...segments };
      return stored
        ? patch<PlanDetail>(`/plans/${stored.id}`, { ...(isRunning ? {} : who), plan, version })
        : post<PlanDetail>("/plans", { ...who, plan });
    },
    stale: STALE,
    onSaved: (made) => {
      say(t("Plan saved"));
      onSaved(made.id);
    },
  });
  const { draft, setDraft, base, conflict } = versioned;
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
  const isTouched = JSON.stringify(draft) !== JSON.stringify(base);
  return {
    ...versioned,
    set: (change: Partial<PlanDraft>) => setDraft((before) => ({ ...before, ...change })),
    unreadable,
    sketch,
    isRunning,
    isTouched,
    isChanged: !stored || isTouched,
    /** Where theirs differs from mine. */
    differing: conflict?.theirs ? differences(wholeOf(draft), wholeOf(conflict.theirs), NODES) : [],
    problems: unreadable === undefined ? (check.data?.problems ?? []) : [],
    checkError: check.error,
  };
}

/** What is saved of a draft, by its names in the plan's text. */
const wholeOf = ({ typed, ...rest }: PlanDraft): object => ({
  ...rest,
  ...(parsed(typed).json as object | undefined),
});
