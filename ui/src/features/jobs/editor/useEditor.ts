import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type ApiError, get, post, put, useSend } from "../../../shared/api";
import { say } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import type { JobCheck, JobDetail } from "../model/types";
import { STALE } from "../model/useAct";
import { type Draft, draftOf, inputOf } from "./draft";
import { Problems } from "./problems";

const CHECK_AFTER_MS = 500;

/** A draft beside what is stored: what is wrong with it, whether it was changed, and how it is saved. */
export function useEditor(
  stored: JobDetail | undefined,
  begin: Draft,
  onSaved: (id: string) => void,
) {
  const [draft, setDraft] = useState(begin);
  /** What the draft began with: somebody else's change makes saving fail, and does not vanish. */
  const [base, setBase] = useState({ version: stored?.version, draft: begin });
  const [tried, setTried] = useState(false);
  /** What was last handed over: what was said about it holds until something is changed. */
  const [saved, setSaved] = useState<unknown>();
  const client = useQueryClient();

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

  const isChanged = !stored || JSON.stringify(input) !== JSON.stringify(inputOf(base.draft));
  const save = useSend<number | undefined, JobDetail>(
    (version) =>
      stored
        ? put<JobDetail>(`/jobs/${stored.id}`, { ...input, version: version ?? base.version })
        : post<JobDetail>("/jobs", input),
    {
      ...STALE,
      onSuccess: (made) => {
        client.setQueryData(["jobs", `/jobs/${made.id}`, {}], made);
        setBase({ version: made.version, draft });
        say(t("Job saved"));
        onSaved(made.id);
      },
    },
  );

  const refused = (saved === input && save.error?.details) || [];
  // What the last check said holds until the next; what saving said, until something is changed.
  const found = check.data?.problems.length ? check.data.problems : refused;
  const all = new Problems(found);
  const conflict = save.error?.status === 409 ? save.error : undefined;
  const theirs = () => get<JobDetail>(`/jobs/${stored?.id}`);

  return {
    draft,
    setDraft,
    /** Shown at fields. */
    problems: stored || tried ? all : all.withoutEmpty(),
    nextMoments: check.data?.nextMoments ?? [],
    isChecking: check.isFetching || settled !== input,
    checkError: check.error,
    isChanged,
    isBusy: save.isPending,
    conflict,
    error: conflict || refused.length > 0 ? undefined : save.error,
    /** The server looks once more: the last check may be of an older draft. */
    save: () => {
      setTried(true);
      setSaved(input);
      save.mutate(undefined);
    },
    /** Way out of a conflict: mine goes over theirs. */
    saveOver: async () => save.mutate((await theirs()).version),
    /** Way out of a conflict: theirs takes the place of mine. */
    takeTheirs: async () => {
      const now = await theirs();
      const next = draftOf(now);
      setDraft(next);
      setBase({ version: now.version, draft: next });
      save.reset();
    },
    undo: () => {
      setDraft(base.draft);
      save.reset();
    },
  };
}
