import { duration, isOtherClock, number, percent, zoneName } from "../../../shared/format";
import { cronWords, rhythmOf } from "../../../shared/format/cron";
import { t, tn } from "../../../shared/i18n";
import type { Status } from "../../../shared/ui";
import type { FailureAction, ScheduleType, StepType } from "./definition";
import type { Job, JobDetail, Missed, StepRun } from "./types";

/** The shape of a run or a step. What is done is grey: colour is for what is alive or needs someone. */
export function runShape(status: string): Status {
  const shapes: Record<string, Status> = {
    pending: "waiting",
    queued: "queued",
    running: "running",
    success: "completed",
    failure: "failed",
    timeout: "failed",
    aborted: "cancelled",
    cancelled: "cancelled",
    skipped: "cancelled",
    retrying: "retrying",
  };
  return shapes[status] ?? "queued";
}

export function runWord(status: string): string {
  const words: Record<string, string> = {
    pending: t("Waiting"),
    queued: t("Queued"),
    running: t("Running"),
    success: t("Succeeded"),
    failure: t("Failed"),
    timeout: t("Out of time"),
    aborted: t("Stopped"),
    cancelled: t("Given up"),
  };
  return words[status] ?? status;
}

export function stepWord(status: string): string {
  const words: Record<string, string> = {
    pending: t("Not started"),
    skipped: t("Left out"),
    cancelled: t("Stopped"),
    retrying: t("Waits for its next try"),
  };
  return words[status] ?? runWord(status);
}

/** A step that has not started is a ring, not a moon: it waits its turn like all others. */
export const stepShape = (status: string): Status =>
  status === "pending" ? "queued" : runShape(status);

/** Where a step is that may be between two tries: `retrying`, or its status. */
export const stepState = (step: Pick<StepRun, "status" | "nextTryAt">): string =>
  step.status === "pending" && step.nextTryAt ? "retrying" : step.status;

/** How far a step at work says that it has come, 0 to 1; none where it says nothing. */
export const progressOf = (step: Pick<StepRun, "status" | "progress">): number | undefined =>
  step.status === "running" ? (step.progress ?? undefined) : undefined;

export const progressWord = (progress: number): string => percent(progress * 100, 0);

export function triggerWord(by: string): string {
  const words: Record<string, string> = {
    scheduler: t("The schedule"),
    manual: t("A person"),
    api: t("A program"),
    webhook: t("Its webhook"),
    event: t("An event"),
    retry: t("A rerun"),
    dependency: t("A job before it"),
    system: t("Muster itself"),
  };
  return words[by] ?? by;
}

export function scheduleName(type: ScheduleType): string {
  return {
    manual: t("By hand"),
    cron: t("At fixed times"),
    interval: t("Every so often"),
    event_driven: t("When something happens"),
    dependency_based: t("After other jobs"),
  }[type];
}

export function stepTypeName(type: string): string {
  const words: Record<StepType, string> = {
    sql: t("Query"),
    stored_proc: t("Saved script"),
    api_call: t("HTTP call"),
    python_script: "Python",
    node_js_script: "Node.js",
    shell_script: t("Shell"),
    file_transfer: t("File transfer"),
    data_validation: t("Data check"),
    notification: t("Notification"),
    wait: t("Wait"),
  };
  return words[type as StepType] ?? type;
}

/** What becomes of the run when a step fails for good. */
export function failureWord(action: FailureAction): { name: string; text: string } {
  return {
    abort: {
      name: t("Stop the run"),
      text: t("Steps at work are stopped, the rest is left out, and the run has failed."),
    },
    continue: {
      name: t("Go on"),
      text: t("Steps after it run as if it had worked."),
    },
    retry: {
      name: t("Retry, then decide"),
      text: t(
        "It is tried again. After the last try an important step stops the run; another one does not.",
      ),
    },
    skip_remaining: {
      name: t("Finish early"),
      text: t("Steps at work end in peace, and the rest is left out."),
    },
  }[action];
}

/** When a job runs, in a few words; on which clock, where that is not the reader's. */
export function scheduleWord(
  job: Pick<Job, "scheduleType" | "cronExpression" | "intervalSeconds" | "timezone">,
): string {
  if (job.scheduleType === "cron" && job.cronExpression) {
    const words = cronWords(job.cronExpression) ?? job.cronExpression;
    const goesByHours = !["minutes", "hour"].includes(rhythmOf(job.cronExpression).kind);
    return goesByHours && isOtherClock(job.timezone)
      ? `${words}, ${zoneName(job.timezone)}`
      : words;
  }
  if (job.scheduleType === "interval" && job.intervalSeconds) {
    return t("Every {time}", { time: intervalWord(job.intervalSeconds) });
  }
  return scheduleName(job.scheduleType);
}

/** What becomes of the moments that a job missed while it was paused. */
export function missedWord(
  job: Pick<JobDetail, "scheduleType" | "definition"> & { missed?: Missed | null },
): string | undefined {
  if (job.missed) return countedWord(job.missed);
  if (job.scheduleType !== "cron" && job.scheduleType !== "interval") return undefined;
  switch (job.definition?.catch_up_policy) {
    case "skip":
      return t("Moments that were missed meanwhile are left out.");
    case "all":
      return t("Every moment that was missed meanwhile is made up for.");
    default:
      return t("One run makes up for all moments that were missed meanwhile.");
  }
}

function countedWord({ passed, starting, isMore }: Missed): string | undefined {
  if (passed === 0) return undefined;
  const moments = isMore
    ? t("More than {n} moments were missed meanwhile", { n: number(passed) })
    : tn(passed, "{n} moment was missed meanwhile", "{n} moments were missed meanwhile");
  const runs =
    starting === 0
      ? t("they are left out")
      : tn(starting, "{n} run makes up for that", "{n} runs make up for that");
  return `${moments}: ${runs}.`;
}

/** How long a run or a step took: "1 min 4 s" where the seconds still matter. */
export function took(ms: number): string {
  if (ms > 0 && ms < 50) return t("< 0.1 s");
  if (ms < 60_000 || ms >= 600_000) return duration(ms);
  const seconds = Math.round(ms / 1_000);
  const [m, s] = [Math.floor(seconds / 60), seconds % 60];
  return s === 0 ? duration(ms) : t("{m} min {s} s", { m, s });
}

/** 90 → "90 s"; whole minutes, hours and days in their own unit. */
export function intervalWord(seconds: number): string {
  if (seconds >= 86_400 && seconds % 86_400 === 0) {
    return tn(seconds / 86_400, "{n} day", "{n} days");
  }
  if (seconds % 60 !== 0) return t("{n} s", { n: seconds });
  return duration(seconds * 1_000);
}

export function waitReason(reason: string): string {
  const words: Record<string, string> = {
    not_run: t("has not run yet"),
    at_work: t("is still at work"),
    ended_otherwise: t("ended otherwise than asked for"),
  };
  return words[reason] ?? reason;
}

export function dependencyWord(type: string): string {
  const words: Record<string, string> = {
    blocking: t("has to be there"),
    optional: t("only if it is at work"),
    cross_day: t("of an earlier day"),
    conditional: t("if its numbers say so"),
  };
  return words[type] ?? type;
}

export function waitForWord(status: string): string {
  const words: Record<string, string> = {
    any: t("ended, however"),
    success: t("succeeded"),
    completed: t("ran to its end"),
    failure: t("failed"),
  };
  return words[status] ?? status;
}

/** What Muster itself says of the jobs and examples that come with it, in the reader's language; other texts stay as they are. */
export function ofMuster(text: string): string {
  const words: Record<string, string> = {
    "Start scheduled campaigns": t("Start scheduled campaigns"),
    "Start and end campaigns": t("Start and end campaigns"),
    "Start recurring campaigns": t("Start recurring campaigns"),
    "Decide A/B tests": t("Decide A/B tests"),
    "Declares the winners of A/B tests whose time is over, should the exact timer have missed one.":
      t(
        "Declares the winners of A/B tests whose time is over, should the exact timer have missed one.",
      ),
    "Go on with plans": t("Go on with plans"),
    "Does what is due in campaign plans: actions, timeouts and events, should the exact timer have missed one.":
      t(
        "Does what is due in campaign plans: actions, timeouts and events, should the exact timer have missed one.",
      ),
    "Read mailboxes": t("Read mailboxes"),
    "Reads the mailboxes of the settings: answers become cards, bounces and complaints stop further messages.":
      t(
        "Reads the mailboxes of the settings: answers become cards, bounces and complaints stop further messages.",
      ),
    "Recount campaigns": t("Recount campaigns"),
    "Forget old records": t("Forget old records"),
    "Keep the database fast": t("Keep the database fast"),
    "Back up the database": t("Back up the database"),
    "Starts campaigns whose time has come, should the exact timer have missed one.": t(
      "Starts campaigns whose time has come, should the exact timer have missed one.",
    ),
    "Starts campaigns whose time has come, and ends those whose end has, should the exact timer have missed one.":
      t(
        "Starts campaigns whose time has come, and ends those whose end has, should the exact timer have missed one.",
      ),
    "Starts occurrences of recurring campaigns, and plans their next ones, should the exact timer have missed one.":
      t(
        "Starts occurrences of recurring campaigns, and plans their next ones, should the exact timer have missed one.",
      ),
    "Counts the messages of running and lately ended campaigns, and corrects a number that does not agree with them.":
      t(
        "Counts the messages of running and lately ended campaigns, and corrects a number that does not agree with them.",
      ),
    "Removes expired sessions, old dead letters, delivery attempts and repeated calls.": t(
      "Removes expired sessions, old dead letters, delivery attempts and repeated calls.",
    ),
    "Has the database count its customers anew, so that segments stay fast.": t(
      "Has the database count its customers anew, so that segments stay fast.",
    ),
    "Makes a copy of the whole database in the data folder, checks it, and keeps the newest ones.":
      t(
        "Makes a copy of the whole database in the data folder, checks it, and keeps the newest ones.",
      ),
    // The examples.
    "Campaign chain": t("Campaign chain"),
    "Five jobs that follow each other when a campaign starts: segment, profiles, messages, delivery, figures.":
      t(
        "Five jobs that follow each other when a campaign starts: segment, profiles, messages, delivery, figures.",
      ),
    "Black Friday chain": t("Black Friday chain"),
    "Four jobs of a sale that begins at midnight and waits for what comes before.": t(
      "Four jobs of a sale that begins at midnight and waits for what comes before.",
    ),
    "Segment evaluation": t("Segment evaluation"),
    "One job that evaluates two segments side by side, keeps their members and tells the team.": t(
      "One job that evaluates two segments side by side, keeps their members and tells the team.",
    ),
  };
  return words[text] ?? text;
}
