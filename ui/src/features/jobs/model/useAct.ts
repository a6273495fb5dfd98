import { post, remove, useSend } from "../../../shared/api";
import { confirmAction, say, sayError } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import type { JsonObject } from "./definition";
import type { Execution, Job, JobDetail, Missed } from "./types";
import { missedWord, ofMuster } from "./words";

/** Everything that a change of jobs makes stale. */
export const STALE = { stale: ["jobs", "executions", "home", "pulse"] };

type Named = Pick<Job, "id" | "name">;

/** What can be done with jobs as a whole. */
export function useJobActs() {
  const pause = useSend((job: Named) => post(`/jobs/${job.id}/pause`), {
    ...STALE,
    onSuccess: (_, job) => say(t("{name} is paused", { name: ofMuster(job.name) })),
  });
  const resume = useSend(
    (job: Named) => post<JobDetail & { missed?: Missed | null }>(`/jobs/${job.id}/resume`),
    {
      ...STALE,
      onSuccess: (job) =>
        say(
          [t("{name} runs by its schedule again", { name: ofMuster(job.name) }), missedWord(job)]
            .filter(Boolean)
            .join(". "),
        ),
    },
  );
  const all = useSend((what: "pause-all" | "resume-all") => post(`/jobs/${what}`), STALE);
  const erase = useSend((job: Named) => remove(`/jobs/${job.id}`), STALE);

  const askPauseAll = () =>
    confirmAction({
      title: t("Pause all jobs?"),
      text: t(
        "None of your own jobs starts by itself any more. What runs now ends in peace; built-in upkeep and campaigns go on.",
      ),
      action: t("Pause all jobs"),
      danger: true,
      run: async () => {
        await all.mutateAsync("pause-all");
        say(t("All jobs are paused"));
      },
    });
  const askResumeAll = () =>
    confirmAction({
      title: t("Resume all jobs?"),
      text: t(
        "Every job runs by its schedule again. Moments that were missed are made up for as each job says.",
      ),
      action: t("Resume all jobs"),
      run: async () => {
        await all.mutateAsync("resume-all");
        say(t("All jobs run by their schedules again"));
      },
    });
  const askDelete = (job: Named, onDone: () => void) =>
    confirmAction({
      title: t("Delete {name}?", { name: ofMuster(job.name) }),
      text: t("The job and the record of its runs go for good."),
      action: t("Delete job"),
      danger: true,
      run: async () => {
        await erase.mutateAsync(job);
        say(t("{name} is deleted", { name: ofMuster(job.name) }));
        onDone();
      },
    });
  return {
    toggle: (job: Job) =>
      (job.status === "paused" ? resume : pause).mutateAsync(job).catch(sayError),
    askPauseAll,
    askResumeAll,
    askDelete,
  };
}

/** What can be done with one run. */
export function useRunActs() {
  const abort = useSend((id: string) => post(`/executions/${id}/abort`), STALE);
  const rerun = useSend(
    ({ id, fromStep }: { id: string; fromStep?: string }) =>
      post<Execution>(`/executions/${id}/rerun`, fromStep ? { fromStep } : {}),
    STALE,
  );
  const askAbort = (run: Pick<Execution, "id" | "jobName" | "executionStatus">) => {
    const isRunning = run.executionStatus === "running";
    confirmAction({
      title: isRunning
        ? t("Stop this run of {name}?", { name: ofMuster(run.jobName) })
        : t("Give up this run of {name}?", { name: ofMuster(run.jobName) }),
      text: isRunning
        ? t(
            "Steps at work are stopped where they are, and the rest is left out. What is done stays done.",
          )
        : t("It has not begun, and will not."),
      action: isRunning ? t("Stop run") : t("Give up run"),
      keep: isRunning ? t("Let it run") : undefined,
      danger: true,
      run: () => abort.mutateAsync(run.id),
    });
  };
  return { askAbort, rerun };
}

/** A new run; the values are those that the job's parameters ask for. */
export const startRun = (job: string, parameters: JsonObject): Promise<Execution> =>
  post<Execution>(`/jobs/${job}/run`, { parameters });
