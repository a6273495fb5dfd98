import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { post, useList, useMay, useSend } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { type Column, DataTable } from "../../../shared/table";
import { DayTime, EmptyState, Page, PageHeader, StatusMark } from "../../../shared/ui";
import { JobTabs } from "../JobTabs";
import type { Alert } from "../model/types";
import { useUnseen } from "../model/useUnseen";
import { ofMuster } from "../model/words";

/** Runs that failed, took longer than agreed, or were left out; until somebody has seen them. */
export function Alerts(): ReactNode {
  const go = useGo();
  const list = useList<Alert>("/jobs/alerts");
  const see = useSend((alert: Alert) => post(`/jobs/alerts/${alert.id}/seen`), { stale: ["jobs"] });
  const seeAll = useSend(() => post("/jobs/alerts/seen-all"), { stale: ["jobs"] });
  const unseen = useUnseen();
  const may = useMay()("manageJobs");
  const open = (alert: Alert) => {
    if (!alert.seenAt && may) see.mutate(alert);
    go(hrefOf(alert));
  };
  const columns: Column<Alert>[] = [
    {
      key: "kind",
      header: t("What happened"),
      width: "170px",
      cell: (alert) => <Kind alert={alert} />,
    },
    {
      key: "job",
      header: t("Job"),
      width: "minmax(150px, 2fr)",
      cell: (alert) => <span className="ellipsis">{ofMuster(alert.jobName)}</span>,
    },
    {
      key: "message",
      header: t("Why"),
      width: "minmax(200px, 4fr)",
      cell: (alert) => <span title={alert.message}>{alert.message}</span>,
    },
    { key: "at", header: t("When"), width: "140px", cell: (alert) => <DayTime at={alert.at} /> },
    {
      key: "seen",
      header: "",
      width: "110px",
      right: true,
      cell: (alert) =>
        alert.seenAt
          ? t("Seen")
          : may && (
              <Button size="xs" onClick={() => see.mutate(alert)}>
                {t("Mark seen")}
              </Button>
            ),
    },
  ];
  return (
    <Page
      title={t("Alerts")}
      parents={[{ label: t("Jobs"), href: "/jobs" }]}
      fill
      head={
        <>
          <PageHeader
            title={t("Alerts")}
            aside={unseen || undefined}
            text={t("Runs that failed, took longer than agreed, or were left out.")}
            actions={
              may && (
                <Button
                  disabled={unseen === 0}
                  loading={seeAll.isPending}
                  onClick={() => seeAll.mutate(undefined)}
                >
                  {t("Mark all seen")}
                </Button>
              )
            }
          />
          <JobTabs current="alerts" />
        </>
      }
    >
      <DataTable
        {...list.table}
        label={t("Alerts")}
        columns={columns}
        rowKey={(alert) => String(alert.id)}
        onOpen={open}
        tone={(alert) => (alert.seenAt ? "quiet" : undefined)}
        empty={
          <EmptyState
            title={t("Nothing went wrong")}
            text={t(
              "What fails, is late or is left out is listed here until somebody has seen it.",
            )}
          />
        }
      />
    </Page>
  );
}

const hrefOf = (alert: Alert): string =>
  alert.executionId
    ? `/jobs/${alert.jobId}/executions/${alert.executionId}`
    : `/jobs/${alert.jobId}`;

function Kind({ alert }: { alert: Alert }): ReactNode {
  switch (alert.kind) {
    case "failure":
      return <StatusMark status="failed" />;
    case "sla":
      return <StatusMark status="warning" label={t("Took too long")} />;
    case "left_out":
      return <StatusMark status="cancelled" label={t("Left out")} />;
    case "warning":
      return <StatusMark status="warning" label={t("Warning")} />;
  }
}
