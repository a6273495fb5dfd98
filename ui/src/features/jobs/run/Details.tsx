import type { ReactNode } from "react";
import { number, percent } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { DayTime, KeyValue, None, Num } from "../../../shared/ui";
import type { ExecutionDetail } from "../model/types";
import { triggerWord } from "../model/words";
import classes from "./run.module.css";
import { Copy } from "./Values";

/** Everything that was counted and noted about a run. */
export function Details({ run }: { run: ExecutionDetail }): ReactNode {
  return (
    <div className={classes.values}>
      <section>
        <h2>{t("Rows")}</h2>
        <KeyValue
          right
          labelWidth="150px"
          rows={[
            { label: t("Processed"), value: <Num value={run.rowsProcessed} /> },
            { label: t("Only read"), value: <Num value={run.rowsRead} /> },
            { label: t("Added"), value: <Num value={run.rowsInserted} /> },
            { label: t("Changed"), value: <Num value={run.rowsUpdated} /> },
            { label: t("Removed"), value: <Num value={run.rowsDeleted} /> },
            {
              label: t("Quality of the data"),
              value:
                typeof run.dataQualityScore === "number" ? (
                  percent(run.dataQualityScore * 100)
                ) : (
                  <None />
                ),
            },
          ]}
        />
      </section>
      <section>
        <h2>{t("Most used by its programs")}</h2>
        <KeyValue
          right
          labelWidth="150px"
          rows={[
            {
              label: t("Memory"),
              value: run.peakMemoryMb ? `${number(Math.ceil(run.peakMemoryMb))} MB` : <None />,
            },
            {
              label: t("Processor"),
              value: run.peakCpuPercent ? percent(run.peakCpuPercent, 0) : <None />,
            },
          ]}
        />
      </section>
      <section>
        <h2>{t("Where and when")}</h2>
        <KeyValue
          labelWidth="150px"
          rows={[
            { label: t("Set off by"), value: triggerWord(run.triggeredBy) },
            { label: t("Due"), value: <DayTime at={run.dueAt} /> },
            { label: t("Started"), value: <DayTime at={run.startedAt} /> },
            { label: t("Ended"), value: <DayTime at={run.completedAt} /> },
            { label: t("Server"), value: <Id value={run.serverInstance} /> },
            { label: t("Node"), value: <Id value={run.workerNodeId} /> },
            { label: t("Trace"), value: <Id value={run.traceId} /> },
            { label: t("Reference"), value: <Id value={run.correlationId} /> },
            { label: t("Cause"), value: <Id value={run.errorCode} /> },
          ]}
        />
      </section>
    </div>
  );
}

/** A long id on one line, to be copied. */
function Id({ value }: { value?: string | null }): ReactNode {
  if (!value) return <None />;
  return (
    <span className={classes.id}>
      <code className="ellipsis" title={value}>
        {value}
      </code>
      <Copy text={value} />
    </span>
  );
}
