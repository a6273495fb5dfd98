import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { post, useMay, usePage, useSend } from "../../shared/api";
import { LineChart } from "../../shared/charts";
import { sayError } from "../../shared/feedback";
import { compact, dayTime, number } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { type Column, DataTable } from "../../shared/table";
import { DayTime, EmptyState, Num, SectionTitle } from "../../shared/ui";
import type { SegmentDetail, SegmentRun } from "./types";

/** How large the segment was when: every count that was kept, by hand or for a campaign. */
export function SizeHistory({ segment }: { segment: SegmentDetail }): ReactNode {
  const may = useMay()("editContent");
  const list = usePage<SegmentRun>(`/segments/${segment.id}/runs`, { pageSize: 100 });
  const evaluate = useSend(() => post(`/segments/${segment.id}/evaluate`), { stale: ["segments"] });
  const runs = list.data?.data;
  const count = () => evaluate.mutate(undefined, { onError: sayError });
  const button = may && (
    <Button loading={evaluate.isPending} onClick={count}>
      {t("Count and keep now")}
    </Button>
  );
  const past = [...(runs ?? [])].reverse();
  return (
    <>
      {past.length > 1 && (
        <>
          <SectionTitle title={t("Size over time")} aside={button} />
          <LineChart
            title={t("Size over time")}
            summary={tn(
              past.length,
              "{n} count, the last one {size} people",
              "{n} counts, the last one {size} people",
              {
                size: number(past.at(-1)?.size ?? 0),
              },
            )}
            labels={past.map((run) => dayTime(run.evaluatedAt))}
            series={[{ name: t("people"), values: past.map((run) => run.size) }]}
            area
            format={compact}
          />
        </>
      )}
      <SectionTitle
        title={t("Counts")}
        aside={past.length > 1 ? (list.data?.pagination?.total_count ?? "") : button}
        line
      />
      <DataTable
        inline
        label={t("Counts")}
        columns={columns()}
        rows={runs}
        error={list.error}
        onRetry={() => void list.refetch()}
        rowKey={(run) => String(run.id)}
        empty={
          <EmptyState
            title={t("Not counted yet")}
            text={t("Each campaign keeps a count when it is launched; you can keep one now.")}
          />
        }
      />
    </>
  );
}

function columns(): Column<SegmentRun>[] {
  return [
    {
      key: "at",
      header: t("When"),
      width: "minmax(140px, 1fr)",
      cell: (run) => <DayTime at={run.evaluatedAt} />,
    },
    {
      key: "why",
      header: t("For"),
      width: "minmax(140px, 1fr)",
      cell: (run) => (run.runId === null ? t("Counted by hand") : t("A campaign’s launch")),
    },
    {
      key: "size",
      header: t("People"),
      width: "120px",
      right: true,
      cell: (run) => <Num value={run.size} />,
    },
    {
      key: "took",
      header: t("Took"),
      width: "100px",
      right: true,
      cell: (run) => t("{seconds} s", { seconds: number(run.durationMs / 1000, 2) }),
    },
  ];
}
