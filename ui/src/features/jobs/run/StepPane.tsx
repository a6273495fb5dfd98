import type { ReactNode } from "react";
import { ProgressBar } from "../../../shared/charts";
import { number, percent, timeSeconds } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { Callout, StatusMark, StatusShape } from "../../../shared/ui";
import type { StepRun } from "../model/types";
import {
  progressOf,
  progressWord,
  stepShape,
  stepState,
  stepTypeName,
  stepWord,
  took,
} from "../model/words";
import classes from "./run.module.css";

interface StepPaneProps {
  step: StepRun;
  now: number;
  /** Why it failed stands above the whole run. */
  isTold?: boolean;
}

/** The step that is looked at: how it goes, what it used, what went wrong at each try. */
export function StepPane({ step, now, isTold }: StepPaneProps): ReactNode {
  const progress = progressOf(step);
  const end = step.completedAt ? Date.parse(step.completedAt) : now;
  const facts = [
    progress !== undefined && progressWord(progress),
    step.startedAt && took(Math.max(0, end - Date.parse(step.startedAt))),
    typeof step.rowsProcessed === "number" && tn(step.rowsProcessed, "{n} row", "{n} rows"),
    step.peakMemoryMb && t("{n} MB of memory", { n: number(Math.ceil(step.peakMemoryMb)) }),
    step.peakCpuPercent && t("{share} of a core", { share: percent(step.peakCpuPercent, 0) }),
  ].filter(Boolean);
  // One try that went well is told by the rest.
  const tries = step.tries.length > 1 ? step.tries : [];
  return (
    <section className={classes.step} aria-label={step.stepName}>
      <div className={classes.stepHead}>
        <StatusShape status={stepShape(stepState(step))} />
        <h2 className="ellipsis" title={step.stepName}>
          {step.stepName}
        </h2>
        <span className={classes.tag}>{stepTypeName(step.stepType)}</span>
      </div>
      <p className={classes.stepText}>{[stepWord(stepState(step)), ...facts].join(" · ")}</p>
      {progress !== undefined && (
        <ProgressBar
          label={t("How far {name} is", { name: step.stepName })}
          total={1}
          value={progress}
          size={6}
        />
      )}
      {step.nextTryAt && (
        <Callout tone="warn">
          {t("It is tried again {time}.", { time: timeSeconds(step.nextTryAt) })}
        </Callout>
      )}
      {step.errorMessage && !isTold && (
        <Callout tone={step.status === "cancelled" ? "info" : "bad"}>{step.errorMessage}</Callout>
      )}
      {tries.length > 0 && (
        <ol className={classes.tries}>
          {tries.map((one) => (
            <li key={one.attempt}>
              <StatusMark
                status={stepShape(one.status)}
                label={t("Try {n}", { n: number(one.attempt) })}
              />
              <TryWords one={one} step={step} />
              <span className={classes.quiet}>{one.startedAt && timeSeconds(one.startedAt)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Why a try failed; of the newest the step says it. */
function TryWords({ one, step }: { one: StepRun["tries"][number]; step: StepRun }): ReactNode {
  const why = one.errorMessage === step.errorMessage ? undefined : one.errorMessage;
  return (
    <span className="ellipsis" title={why ?? undefined}>
      {why ?? stepWord(one.status)}
    </span>
  );
}
