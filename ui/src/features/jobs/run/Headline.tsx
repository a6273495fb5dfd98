import type { ReactNode } from "react";
import { dayTime, duration, number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { useNow } from "../../../shared/ui";
import type { ExecutionDetail } from "../model/types";
import { took } from "../model/words";
import classes from "./run.module.css";

/** The few numbers that are asked for first. */
export function Headline(props: { run: ExecutionDetail; isRunning: boolean }): ReactNode {
  const { run, isRunning } = props;
  const now = useNow(isRunning ? 1_000 : 60_000);
  const begun = run.startedAt ? Date.parse(run.startedAt) : undefined;
  const ended = run.completedAt ? Date.parse(run.completedAt) : now;
  const agreed = run.definition?.sla_duration_minutes;
  const due = begun !== undefined && agreed ? begun + agreed * 60_000 : undefined;
  const figures = [
    begun !== undefined && {
      label: isRunning ? t("Running for") : t("Took"),
      value: took(Math.max(0, ended - begun)),
    },
    due !== undefined && {
      label: t("Due by"),
      value: run.slaBreached
        ? t("{time} late", { time: duration(Math.max(0, ended - due)) })
        : dayTime(due, now),
      tone: run.slaBreached ? "bad" : undefined,
    },
    run.stepsTotal > 0 && {
      label: t("Steps"),
      value: t("{n} of {all}", { n: number(run.stepsCompleted), all: number(run.stepsTotal) }),
      tone: run.stepsFailed > 0 ? "bad" : undefined,
    },
    run.rowsProcessed > 0 && { label: t("Rows"), value: number(run.rowsProcessed) },
  ].filter((figure) => figure !== false) as { label: string; value: string; tone?: string }[];
  return (
    <dl className={classes.headline}>
      {figures.map(({ label, value, tone }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd data-tone={tone}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
