import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { type Query, useList } from "../../../shared/api";
import { number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { type Column, DataTable } from "../../../shared/table";
import { DayTime, EmptyState, None, Num, StatusMark, useNow } from "../../../shared/ui";
import type { Execution } from "../model/types";
import { ofMuster, runShape, runWord, took, triggerWord } from "../model/words";
import classes from "./runs.module.css";

interface RunTableProps {
  query: Query;
  /** All of one job: its name is not said in every row. */
  ofJob?: boolean;
  isNarrowed?: boolean;
  onShowAll?: () => void;
}

/** Runs, newest first. */
export function RunTable({ query, ofJob, isNarrowed, onShowAll }: RunTableProps): ReactNode {
  const go = useGo();
  const list = useList<Execution>("/executions", query);
  const hrefOf = (run: Execution) => `/jobs/${run.jobId}/executions/${run.id}`;
  return (
    <DataTable
      {...list.table}
      label={t("Runs")}
      columns={columns().filter((column) => !ofJob || column.key !== "job")}
      rowKey={(run) => run.id}
      href={hrefOf}
      onOpen={(run) => go(hrefOf(run))}
      empty={
        isNarrowed ? (
          <EmptyState
            title={t("No run is like that")}
            action={<Button onClick={onShowAll}>{t("Show all runs")}</Button>}
          />
        ) : (
          <EmptyState
            title={t("No run yet")}
            text={t("Every run is listed here, with its steps and its log.")}
          />
        )
      }
    />
  );
}

const columns = (): Column<Execution>[] => [
  {
    key: "status",
    header: t("Status"),
    width: "126px",
    cell: (run) => (
      <StatusMark status={runShape(run.executionStatus)} label={runWord(run.executionStatus)} />
    ),
  },
  {
    key: "job",
    header: t("Job"),
    width: "minmax(200px, 4fr)",
    cell: (run) => <b className="ellipsis">{ofMuster(run.jobName)}</b>,
  },
  {
    key: "started",
    header: t("Started"),
    width: "132px",
    cell: (run) => <DayTime at={run.startedAt} />,
  },
  {
    key: "took",
    header: t("Took"),
    width: "104px",
    right: true,
    cell: (run) => <Took run={run} />,
  },
  {
    key: "by",
    header: t("Set off by"),
    width: "120px",
    optional: true,
    cell: (run) => triggerWord(run.triggeredBy),
  },
  {
    key: "steps",
    header: t("Steps"),
    width: "76px",
    right: true,
    cell: (run) =>
      run.stepsTotal ? (
        t("{n} of {all}", { n: number(run.stepsCompleted), all: number(run.stepsTotal) })
      ) : (
        <None />
      ),
  },
  {
    key: "rows",
    header: t("Rows"),
    width: "72px",
    right: true,
    optional: true,
    cell: (run) => <Num value={run.rowsProcessed} />,
  },
  {
    key: "error",
    header: t("What went wrong"),
    width: "minmax(140px, 4fr)",
    cell: (run) => (
      <span className="ellipsis" title={run.errorMessage ?? undefined}>
        {run.errorMessage ?? ""}
      </span>
    ),
  },
];

function Took({ run }: { run: Execution }): ReactNode {
  const now = useNow(run.executionStatus === "running" ? 1_000 : 600_000);
  const ms =
    typeof run.durationSeconds === "number"
      ? run.durationSeconds * 1_000
      : run.startedAt && run.executionStatus === "running"
        ? now - Date.parse(run.startedAt)
        : undefined;
  if (ms === undefined) return <None />;
  return (
    <span
      className={run.slaBreached ? classes.late : undefined}
      title={run.slaBreached ? t("longer than agreed") : undefined}
    >
      {took(ms)}
    </span>
  );
}
