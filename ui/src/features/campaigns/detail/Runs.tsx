import type { ReactNode } from "react";
import { useList } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { DataTable } from "../../../shared/table";
import {
  Callout,
  DayTime,
  EmptyState,
  None,
  Num,
  SectionTitle,
  StatusMark,
  shapeOf,
} from "../../../shared/ui";
import classes from "../campaigns.module.css";
import { Moments } from "../Moments";
import type { Campaign, Run } from "../types";
import { useRecurrence } from "../useRecurrence";

/** The runs of a recurring campaign, newest first, and when it runs next. */
export function Runs({ campaign }: { campaign: Campaign }): ReactNode {
  const runs = useList<Run>(`/campaigns/${campaign.id}/runs`);
  return (
    <div className={classes.sections}>
      <section>
        <SectionTitle title={t("Next")} />
        <Next campaign={campaign} />
      </section>
      <section>
        <SectionTitle title={t("Runs")} />
        <Table runs={runs} />
      </section>
    </div>
  );
}

function Next({ campaign }: { campaign: Campaign }): ReactNode {
  const found = useRecurrence(campaign);
  switch (campaign.status) {
    case "scheduled":
    case "running":
      return found && found.nextMoments.length > 0 ? (
        <Moments moments={found.nextMoments} />
      ) : (
        <Callout tone="info">{t("It does not run again.")}</Callout>
      );
    case "paused":
      return (
        <Callout tone="warn">
          {t("Paused. Times that pass meanwhile are left out; it goes on with the next one.")}
        </Callout>
      );
    case "draft":
      return <Callout tone="info">{t("It is not on the schedule, so it does not run.")}</Callout>;
    default:
      return <Callout tone="info">{t("It does not run again.")}</Callout>;
  }
}

function Table({ runs }: { runs: ReturnType<typeof useList<Run>> }): ReactNode {
  return (
    <DataTable
      {...runs.table}
      inline
      label={t("Runs")}
      rowKey={(run) => String(run.id)}
      empty={
        <EmptyState
          title={t("It has not run yet")}
          text={t("Each time it runs, it goes to the people who are in its segments then.")}
        />
      }
      columns={[
        {
          key: "number",
          header: t("Run"),
          width: "44px",
          cell: (run) => run.number,
        },
        {
          key: "status",
          header: t("Status"),
          width: "minmax(104px, 1fr)",
          cell: (run) => <StatusMark status={shapeOf(run.status)} />,
        },
        {
          key: "planned",
          header: t("Planned for"),
          width: "minmax(124px, 1.3fr)",
          cell: (run) => (run.scheduledFor ? <DayTime at={run.scheduledFor} /> : t("By hand")),
        },
        {
          key: "started",
          header: t("Started"),
          width: "minmax(124px, 1.3fr)",
          cell: (run) => <DayTime at={run.startedAt} />,
        },
        {
          key: "ended",
          header: t("Ended"),
          width: "minmax(124px, 1.3fr)",
          optional: true,
          cell: (run) => (run.completedAt ? <DayTime at={run.completedAt} /> : <None />),
        },
        {
          key: "messages",
          header: t("Messages"),
          width: "minmax(76px, 0.8fr)",
          right: true,
          cell: (run) => <Num value={run.totalRecipients} />,
        },
        {
          key: "sent",
          header: t("Sent"),
          width: "minmax(64px, 0.8fr)",
          right: true,
          cell: (run) => <Num value={run.sentCount} />,
        },
        {
          key: "opened",
          header: t("Opened"),
          width: "minmax(68px, 0.8fr)",
          optional: true,
          right: true,
          cell: (run) => <Num value={run.openedCount} />,
        },
        {
          key: "failed",
          header: t("Failed"),
          width: "minmax(64px, 0.8fr)",
          right: true,
          cell: (run) => <Num value={run.failedCount} />,
        },
      ]}
    />
  );
}
