import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type ApiError, post, put } from "../../../shared/api";
import { say } from "../../../shared/feedback";
import { differences, useVersioned } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import type { JobCheck, JobDetail } from "../model/types";
import { STALE } from "../model/useAct";
import { type Draft, draftOf, inputOf } from "./draft";
import { Problems } from "./problems";

const CHECK_AFTER_MS = 500;
const STEPS = { list: "steps", id: "step_code" };

/** A draft beside what is stored: what is wrong with it, whether it was changed, and how it is saved. */
export function useEditor(
  stored: JobDetail | undefined,
  begin: Draft,
  onSaved: (id: string) => void,
) {
  const [tried, setTried] = useState(false);
  /** What was last handed over: what was said about it holds until something is changed. */
  const [saved, setSaved] = useState<unknown>();
  const versioned = useVersioned<Draft, JobDetail>({
    path: "/jobs",
    stored,
    begin,
    draftOf,
    send: (draft, version) =>
      stored
        ? put<JobDetail>(`/jobs/${stored.id}`, { ...inputOf(draft), version })
        : post<JobDetail>("/jobs", inputOf(draft)),
    stale: STALE.stale,
    onSaved: (made) => {
      say(t("Job saved"));
      onSaved(made.id);
    },
  });
  const { draft, base, error, conflict } = versioned;

  const input = useMemo(() => inputOf(draft), [draft]);
  const [settled] = useDebouncedValue(input, CHECK_AFTER_MS);
  const check = useQuery<JobCheck, ApiError>({
    queryKey: ["jobs", "check", stored?.id, settled],
    queryFn: () => post<JobCheck>("/jobs/check", { ...settled, id: stored?.id }),
    placeholderData: (before) => before,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });

  const isChanged = !stored || JSON.stringify(input) !== JSON.stringify(inputOf(base));
  const refused = (saved === input && error?.details) || [];
  // What the last check said holds until the next; what saving said, until something is changed.
  const found = check.data?.problems.length ? check.data.problems : refused;
  const all = new Problems(found);

  return {
    ...versioned,
    /** Shown at fields. */
    problems: stored || tried ? all : all.withoutEmpty(),
    nextMoments: check.data?.nextMoments ?? [],
    isChecking: check.isFetching || settled !== input,
    checkError: check.error,
    isChanged,
    /** Where theirs differs from mine. */
    differing: conflict?.theirs
      ? differences(input.definition, inputOf(conflict.theirs).definition, STEPS)
      : [],
    error: refused.length > 0 ? undefined : error,
    /** The server looks once more: the last check may be of an older draft. */
    save: () => {
      setTried(true);
      setSaved(input);
      versioned.save();
    },
  };
}
