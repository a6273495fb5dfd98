import { Button, Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { useMay } from "../../../shared/api";
import { sayError } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { AppLink, useGo } from "../../../shared/link";
import { Callout, DayTime, MoreMenu } from "../../../shared/ui";
import { type ExecutionDetail, isOver, type StepRun } from "../model/types";
import { useRunActs } from "../model/useAct";
import { triggerWord, waitReason } from "../model/words";
import classes from "./run.module.css";

/** So long after its moment a start is worth a word. */
const LATE_MS = 30_000;

/** "Set off by the schedule · due Today 10:30 · rerun of an earlier run". */
export function Origin({ run }: { run: ExecutionDetail }): ReactNode {
  return (
    <>
      {triggerWord(run.triggeredBy)}
      {run.dueAt && isLate(run.dueAt, run.startedAt) && (
        <>
          {" · "}
          {t("due")} <DayTime at={run.dueAt} />
        </>
      )}
      {run.startedAt && (
        <>
          {" · "}
          {t("started")} <DayTime at={run.startedAt} />
        </>
      )}
      {run.rerunOf && (
        <>
          {" · "}
          <AppLink href={`/jobs/${run.jobId}/executions/${run.rerunOf}`}>
            {run.rerunFrom
              ? t("rerun from {step}", { step: nameOf(run, run.rerunFrom) })
              : t("rerun of an earlier run")}
          </AppLink>
        </>
      )}
    </>
  );
}

/** What began when it was due has one time, not two. */
const isLate = (dueAt: string, startedAt: string | null | undefined): boolean =>
  !startedAt || Date.parse(startedAt) - Date.parse(dueAt) >= LATE_MS;

const nameOf = (run: ExecutionDetail, code: string): string =>
  run.steps.find((step) => step.stepCode === code)?.stepName ?? code;

/** To stop what runs, and to run again what is over. */
export function Acts({ run }: { run: ExecutionDetail }): ReactNode {
  const go = useGo();
  const may = useMay()("manageJobs");
  const { askAbort, rerun } = useRunActs();
  if (!may) return null;
  const again = (fromStep?: string) =>
    rerun
      .mutateAsync({ id: run.id, fromStep })
      .then((made) => go(`/jobs/${run.jobId}/executions/${made.id}`))
      .catch(sayError);
  if (!isOver(run.executionStatus)) {
    return (
      <Button variant="outline" color="red" onClick={() => askAbort(run)}>
        {run.executionStatus === "running" ? t("Stop run…") : t("Give up run…")}
      </Button>
    );
  }
  const failed = run.errorStepCode;
  const step = run.steps.find((one) => one.stepCode === failed);
  return (
    <>
      {step ? (
        <>
          <MoreMenu variant="default" label={t("Other ways to run again")}>
            <Menu.Item onClick={() => void again()}>{t("Run again from the start")}</Menu.Item>
          </MoreMenu>
          <Button
            variant="filled"
            loading={rerun.isPending}
            title={step.stepName}
            onClick={() => void again(step.stepCode)}
          >
            {t("Rerun from failed step")}
          </Button>
        </>
      ) : (
        <Button loading={rerun.isPending} onClick={() => void again()}>
          {t("Run again")}
        </Button>
      )}
    </>
  );
}

/** Stopped by a person, who knows; or it went well, but for what it says that it left undone. */
const isNoFailure = (status: string): boolean =>
  ["cancelled", "aborted", "success"].includes(status);

/** The step that made a run fail, where it can say why. */
export const failedStep = (run: ExecutionDetail): StepRun | undefined =>
  run.steps.find((step) => step.stepCode === run.errorStepCode && step.errorMessage);

/** Why it waits, and why it failed. */
export function Notes({ run }: { run: ExecutionDetail }): ReactNode {
  const step = failedStep(run);
  return (
    <>
      {run.waitingOn.length > 0 && (
        <div className={classes.note}>
          <Callout tone="info">
            <b>{t("Waits for other jobs")}</b>
            <ul className={classes.waits}>
              {run.waitingOn.map((one) => (
                <li key={one.job}>
                  {one.jobId ? (
                    <AppLink href={`/jobs/${one.jobId}`}>{one.jobName}</AppLink>
                  ) : (
                    one.jobName
                  )}{" "}
                  {waitReason(one.reason)}
                  {" · "}
                  {t("waits since")} <DayTime at={one.since} />
                  {one.until && (
                    <>
                      {" · "}
                      {t("at the longest until")} <DayTime at={one.until} />
                    </>
                  )}
                </li>
              ))}
            </ul>
          </Callout>
        </div>
      )}
      {run.errorMessage && isOver(run.executionStatus) && (
        <div className={classes.note}>
          <Callout tone={isNoFailure(run.executionStatus) ? "warn" : "bad"}>
            {step ? (
              <>
                <b>{step.stepName}:</b> {step.errorMessage}
              </>
            ) : (
              run.errorMessage
            )}
          </Callout>
        </div>
      )}
    </>
  );
}
