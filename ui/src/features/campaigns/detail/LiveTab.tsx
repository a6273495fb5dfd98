import { SegmentedControl } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { LineChart, ProgressBar } from "../../../shared/charts";
import { duration, money, number, percent, time } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import { DataTable } from "../../../shared/table";
import {
  channelLabel,
  EmptyState,
  type Figure,
  KeyFigures,
  SectionTitle,
  StatusShape,
  shapeOf,
} from "../../../shared/ui";
import classes from "../campaigns.module.css";
import type { Campaign, Live, Stage } from "../types";
import { stageWord } from "../words";

interface LiveProps {
  live: Live;
  campaign: Campaign;
}

export function LiveTab({ live, campaign }: LiveProps): ReactNode {
  if (live.runId === null) {
    return (
      <EmptyState
        title={t("Nothing to watch yet")}
        text={t("Counters, stages and the rate move here while the campaign sends.")}
      />
    );
  }
  return (
    <div className={classes.sections} style={{ gap: 16 }}>
      <KeyFigures figures={figures(live, campaign.id)} />
      {live.stages.length > 0 && (
        <div className={classes.room}>
          <div className={classes.stages}>
            {live.stages.map((stage) => (
              <OneStage key={stage.executionId} stage={stage} />
            ))}
          </div>
        </div>
      )}
      <Rate live={live} />
      <Domains live={live} />
    </div>
  );
}

function figures(live: Live, id: string): Figure[] {
  const c = live.counters;
  const of = (part: number, whole: number) =>
    whole > 0 ? percent((part / whole) * 100) : undefined;
  const seen = (value: number): Pick<Figure, "value" | "text"> =>
    live.isTracked || value > 0
      ? { value: number(value), text: of(value, c.delivered) }
      : { value: "–", text: t("not tracked") };
  const why = <AppLink href={`/campaigns/${id}?tab=recipients`}>{t("See why")}</AppLink>;
  const undelivered = <AppLink href={`/jobs/undelivered?campaign=${id}`}>{t("See why")}</AppLink>;
  const waiting = <AppLink href={`/jobs/waiting?campaign=${id}`}>{t("See what waits")}</AppLink>;
  return [
    { label: t("Sent"), value: number(c.sent), text: of(c.sent, c.total) },
    { label: t("Delivered"), value: number(c.delivered), text: of(c.delivered, c.sent) },
    { label: t("Opened"), ...seen(c.opened) },
    { label: t("Clicked"), ...seen(c.clicked) },
    { label: t("Replied"), value: number(c.replied), text: of(c.replied, c.delivered) },
    { label: t("Redeemed"), value: number(c.redeemed), text: of(c.redeemed, c.delivered) },
    { label: t("Bounced"), value: number(c.bounced), text: of(c.bounced, c.sent) },
    {
      label: t("Failed"),
      value: number(c.failed),
      tone: c.failed > 0 ? "bad" : undefined,
      text: c.failed > 0 ? undelivered : undefined,
    },
    {
      label: t("Skipped"),
      value: number(c.skipped + c.suppressed),
      text: c.skipped + c.suppressed > 0 ? why : undefined,
    },
    { label: t("Pending"), value: number(c.pending), text: c.pending > 0 ? waiting : undefined },
    { label: t("Revenue"), value: money(c.revenue) },
    ...(c.unknown > 0
      ? [
          {
            label: t("Unknown"),
            value: number(c.unknown),
            tone: "warn" as const,
            text: undelivered,
          },
        ]
      : []),
  ];
}

function OneStage({ stage }: { stage: Stage }): ReactNode {
  const name = stageWord(stage.code, stage.name);
  const total = stage.rowsExpected ?? stage.rowsProcessed;
  const running = stage.status === "running";
  const took =
    stage.startedAt && stage.completedAt
      ? duration(Date.parse(stage.completedAt) - Date.parse(stage.startedAt))
      : running
        ? t("live")
        : "";
  return (
    <div className={classes.stage}>
      <span style={{ display: "inline-flex", alignItems: "center", gap: 6 }}>
        <StatusShape status={shapeOf(stage.status)} />
        <span className="ellipsis" title={name}>
          {name}
        </span>
      </span>
      <ProgressBar
        label={t("{name}: {done} of {total}", {
          name,
          done: number(stage.rowsProcessed),
          total: number(total),
        })}
        total={Math.max(1, total)}
        value={stage.rowsProcessed}
        tone={running ? "live" : stage.status === "failure" ? "bad" : "done"}
      />
      <span className={`${classes.line} ${classes.note}`}>
        <span className={classes.figure}>{number(stage.rowsProcessed)}</span>
        <span>{took}</span>
      </span>
    </div>
  );
}

const MINUTE = 60_000;
/** More points than this make a chart slow and no clearer. */
const MAX_POINTS = 360;

function Rate({ live }: { live: Live }): ReactNode {
  const [span, setSpan] = useState("all");
  const points = series(live, span === "15" ? 15 : MAX_POINTS);
  // The campaign's own: a relay's is not, for others may carry beside it.
  const perHour = live.limits.find((one) => !one.provider && one.windowSeconds === 3_600);
  const limit = perHour ? Math.max(1, Math.round(perHour.limit / 60)) : undefined;
  const values = points.map((one) => one.sent);
  const peak = Math.max(0, ...values);
  return (
    <section>
      <SectionTitle
        title={t("Sent per minute")}
        aside={
          <SegmentedControl
            value={span}
            onChange={setSpan}
            data={[
              { value: "15", label: t("15 min") },
              { value: "all", label: t("Since start") },
            ]}
          />
        }
      />
      {points.length > 1 ? (
        <LineChart
          title={t("Sent per minute")}
          summary={t("{now} a minute now, {peak} at most.", {
            now: number(live.ratePerMinute ?? values.at(-1) ?? 0),
            peak: number(peak),
          })}
          labels={points.map((one) => time(one.at))}
          series={[
            { name: t("sent"), values },
            ...(limit && limit <= peak * 4
              ? [
                  {
                    name: t("limit"),
                    kind: "limit" as const,
                    values: points.map(() => limit),
                  },
                ]
              : []),
          ]}
        />
      ) : (
        <p className={classes.note}>
          {tn(peak, "{n} message in the first minute.", "{n} messages in the first minute.")}
        </p>
      )}
    </section>
  );
}

/** One point for every minute, also for those in which nothing was sent. */
function series(live: Live, wanted: number): { at: number; sent: number }[] {
  const known = new Map(live.minutes.map((one) => [Date.parse(one.at), one.sent]));
  const all = [...known.keys()];
  if (all.length === 0) return [];
  // While it runs the picture reaches to now: a campaign that is held back shows as such.
  const now = live.status === "running" ? Math.floor(Date.now() / MINUTE) * MINUTE : 0;
  const last = Math.max(...all, now);
  const first = Math.max(Math.min(...all), last - (wanted - 1) * MINUTE);
  const count = Math.round((last - first) / MINUTE) + 1;
  return Array.from({ length: count }, (_, place) => {
    const at = first + place * MINUTE;
    return { at, sent: known.get(at) ?? 0 };
  });
}

/** "SMS +25478" for `sms +25478`; a mail domain as it is. */
const networkWord = (domain: string): string =>
  domain.replace(/^(sms|whatsapp|push)\b/, (channel) => channelLabel(channel));

function Domains({ live }: { live: Live }): ReactNode {
  const most = Math.max(1, ...live.domains.map((one) => one.sent));
  if (live.domains.length === 0) return null;
  return (
    <section>
      <SectionTitle title={t("By domain and network")} />
      <DataTable
        inline
        label={t("By domain and network")}
        rows={live.domains.slice(0, 20)}
        rowKey={(row) => row.domain}
        columns={[
          {
            key: "domain",
            header: t("Domain or network"),
            width: "minmax(160px, 2fr)",
            cell: (row) => <b>{networkWord(row.domain) || t("Unknown")}</b>,
          },
          {
            key: "sent",
            header: t("Sent"),
            width: "100px",
            right: true,
            cell: (row) => number(row.sent),
          },
          {
            key: "failed",
            header: t("Failed"),
            width: "100px",
            right: true,
            cell: (row) => number(row.failed),
          },
          {
            key: "share",
            header: t("Share"),
            width: "minmax(120px, 1fr)",
            cell: (row) => (
              <ProgressBar
                label={`${row.domain}: ${number(row.sent)}`}
                total={most}
                value={row.sent}
                tone="done"
              />
            ),
          },
        ]}
      />
    </section>
  );
}
