import type { ReactNode } from "react";
import { duration } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { DataTable } from "../../../shared/table";
import { DayTime, EmptyState, None, Num, StatusMark, shapeOf } from "../../../shared/ui";
import type { Campaign, Live } from "../types";

interface JobsProps {
  campaign: Campaign;
  live: Live | undefined;
}

/** The stages of the newest run as executions that can be opened. */
export function Jobs({ campaign, live }: JobsProps): ReactNode {
  const go = useGo();
  return (
    <DataTable
      inline
      label={t("Stages of the run")}
      rows={live?.stages}
      rowKey={(row) => row.executionId}
      onOpen={(row) => go(`/jobs/${campaign.primaryJobId}/executions/${row.executionId}`)}
      empty={
        <EmptyState
          title={t("No job yet")}
          text={t("Starting the campaign makes one job with a stage for each part of the work.")}
        />
      }
      columns={[
        {
          key: "status",
          header: t("Status"),
          width: "130px",
          cell: (row) => <StatusMark status={shapeOf(row.status)} />,
        },
        {
          key: "name",
          header: t("Stage"),
          width: "minmax(180px, 2fr)",
          cell: (row) => <b>{row.name}</b>,
        },
        {
          key: "rows",
          header: t("Done"),
          width: "100px",
          right: true,
          cell: (row) => <Num value={row.rowsProcessed} />,
        },
        {
          key: "expected",
          header: t("Of"),
          width: "100px",
          right: true,
          cell: (row) => <Num value={row.rowsExpected} />,
        },
        {
          key: "started",
          header: t("Started"),
          width: "150px",
          cell: (row) => <DayTime at={row.startedAt} />,
        },
        {
          key: "took",
          header: t("Took"),
          width: "100px",
          right: true,
          cell: (row) =>
            row.startedAt && row.completedAt ? (
              duration(Date.parse(row.completedAt) - Date.parse(row.startedAt))
            ) : (
              <None />
            ),
        },
      ]}
    />
  );
}
