import type { ReactNode } from "react";
import { ProgressBar } from "../../../shared/charts";
import { number, percent } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import type { Column } from "../../../shared/table";
import { Channels, DayTime, None, Num, StatusMark } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import type { Campaign } from "../types";
import { statusShape, statusWord } from "../words";

/** A plan opens as what it is, a draft where it is written, everything else where it is watched. */
export const hrefOf = (
  row: Pick<Campaign, "id" | "type" | "status" | "approvalStatus">,
): string => {
  if (row.type === "plan") return `/plans/${row.id}`;
  return row.status === "draft" &&
    row.approvalStatus !== "pending" &&
    row.approvalStatus !== "approved"
    ? `/campaigns/${row.id}/edit`
    : `/campaigns/${row.id}`;
};

/** `isTracked`: whether opens and clicks can reach this workspace. */
export function columns(isTracked: boolean): Column<Campaign>[] {
  const rate = (row: Campaign, value: number) =>
    row.metrics.delivered > 0 && (isTracked || value > 0) ? percent(value) : <None />;
  return [
    {
      key: "status",
      header: t("Status"),
      width: "158px",
      cell: (row) => <StatusMark status={statusShape(row)} label={statusWord(row)} />,
    },
    {
      key: "name",
      header: t("Campaign"),
      width: "minmax(200px, 3fr)",
      cell: (row) => (
        <b className="ellipsis" title={row.name}>
          {row.name}
        </b>
      ),
    },
    {
      key: "channel",
      header: t("Channels"),
      width: "72px",
      cell: (row) => <Channels of={[row.channel]} />,
    },
    {
      key: "people",
      header: t("Messages"),
      width: "78px",
      right: true,
      cell: (row) => <Num value={row.metrics.totalRecipients || null} />,
    },
    { key: "sent", header: t("Sent"), width: "104px", cell: (row) => <Sent row={row} /> },
    {
      key: "opened",
      header: t("Opened"),
      width: "84px",
      right: true,
      optional: true,
      cell: (row) => rate(row, row.metrics.openRate),
    },
    {
      key: "clicked",
      header: t("Clicked"),
      width: "84px",
      right: true,
      optional: true,
      cell: (row) => rate(row, row.metrics.clickRate),
    },
    {
      key: "starts",
      header: t("Starts"),
      width: "132px",
      cell: (row) => <DayTime at={row.startedAt ?? row.scheduledAt} />,
    },
    {
      key: "owner",
      header: t("Owner"),
      width: "minmax(80px, 1fr)",
      optional: true,
      cell: (row) => <span className="ellipsis">{row.createdByName}</span>,
    },
  ];
}

function Sent({ row }: { row: Campaign }): ReactNode {
  const { totalRecipients: total, sent } = row.metrics;
  if (total === 0) return <None />;
  const share = Math.floor((sent / total) * 100);
  const tone = row.status === "running" ? "live" : row.status === "paused" ? "warn" : "done";
  return (
    <span className={classes.share}>
      <ProgressBar
        label={t("{sent} of {total} sent", { sent: number(sent), total: number(total) })}
        total={total}
        value={sent}
        tone={tone}
        width={48}
      />
      <span className={classes.figure}>{percent(share, 0)}</span>
    </span>
  );
}
