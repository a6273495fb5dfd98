import type { ReactNode } from "react";
import { number, percent, timeSeconds } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { Callout, StatusMark, StatusShape } from "../../../shared/ui";
import type { StepRun } from "../model/types";
import { stepShape, stepState, stepTypeName, stepWord, took } from "../model/words";
import classes from "./run.module.css";

/** The step that is looked at: how it goes, what it used, what went wrong at each try. */
export function StepPane({ step, now }: { step: StepRun; now: number }): ReactNode {
  const end = step.completedAt ? Date.parse(step.completedAt) : now;
  const facts = [
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
      {step.nextTryAt && (
        <Callout tone="warn">
          {t("It is tried again {time}.", { time: timeSeconds(step.nextTryAt) })}
        </Callout>
      )}
      {step.errorMessage && (
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
              <span className="ellipsis" title={one.errorMessage ?? undefined}>
                {one.errorMessage ?? stepWord(one.status)}
              </span>
              <span className={classes.quiet}>{one.startedAt && timeSeconds(one.startedAt)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
