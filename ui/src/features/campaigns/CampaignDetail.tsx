import { Button, Skeleton, Tabs } from "@mantine/core";
import { useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useGet } from "../../shared/api";
import { Actions } from "../../shared/campaign";
import { ProgressBar } from "../../shared/charts";
import { dayTime, duration, number, time } from "../../shared/format";
import { objectiveLabel } from "../../shared/format/campaign";
import { t } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import {
  Channels,
  EmptyState,
  InlineError,
  Page,
  PageHeader,
  StatusMark,
  useLate,
  useNow,
} from "../../shared/ui";
import classes from "./campaigns.module.css";
import { AbTest } from "./detail/AbTest";
import { History } from "./detail/History";
import { Jobs } from "./detail/Jobs";
import { LiveRail } from "./detail/LiveRail";
import { LiveTab } from "./detail/LiveTab";
import { Overview } from "./detail/Overview";
import { Recipients } from "./detail/Recipients";
import { Responses } from "./detail/Responses";
import { Runs } from "./detail/Runs";
import type { Tab } from "./routes";
import type { Campaign, Live } from "./types";
import { useLiveView } from "./useLiveView";
import { statusShape, statusWord } from "./words";

/** One campaign: what happened, what happens now, to whom. */
export function CampaignDetail(): ReactNode {
  const { campaignId } = useParams({ strict: false }) as { campaignId: string };
  const { tab } = useSearch({ strict: false }) as { tab?: Tab };
  const query = useGet<Campaign>(`/campaigns/${campaignId}`);
  const go = useGo();
  const late = useLate(150);
  const campaign = query.data?.id === campaignId ? query.data : undefined;
  if (campaign) return <Loaded campaign={campaign} tab={tab} />;
  return (
    <Page title={t("Campaign")} parents={[{ label: t("Campaigns"), href: "/campaigns" }]}>
      {query.error?.status === 404 ? (
        <EmptyState
          title={t("There is no such campaign")}
          text={t("It was deleted, or the link is wrong.")}
          action={<Button onClick={() => go("/campaigns")}>{t("Show all campaigns")}</Button>}
        />
      ) : query.error ? (
        <InlineError error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        late && <Skeleton height={120} />
      )}
    </Page>
  );
}

function Loaded({ campaign, tab }: { campaign: Campaign; tab: Tab | undefined }): ReactNode {
  const go = useGo();
  const moving = campaign.status === "running";
  const { live, error, refetch } = useLiveView(campaign.id, moving);
  const current: Tab = tab ?? (moving || campaign.status === "paused" ? "live" : "overview");
  const recurs = campaign.type === "recurring";
  const counters = live?.counters;
  const count = (value: number | undefined) =>
    value ? <span className={classes.note}>{number(value)}</span> : undefined;
  const table = current === "recipients";
  return (
    <Page
      title={campaign.name}
      parents={[{ label: t("Campaigns"), href: "/campaigns" }]}
      fill={table}
      rail={
        current === "live" && live?.runId ? <LiveRail live={live} campaign={campaign} /> : undefined
      }
      head={
        <>
          <PageHeader
            title={campaign.name}
            aside={
              <StatusMark status={statusShape(campaign)} label={statusWord(campaign)} strong />
            }
            text={<Subtitle campaign={campaign} />}
            actions={
              <>
                {live && <TimeLeft live={live} moving={moving} />}
                <Actions campaign={campaign} pending={counters?.pending ?? 0} />
              </>
            }
          />
          {counters && counters.total > 0 && <Progress live={live} />}
          <Tabs
            className={classes.tabs}
            value={current}
            onChange={(next) => go(`/campaigns/${campaign.id}?tab=${next}`)}
          >
            <Tabs.List>
              <Tabs.Tab value="overview">{t("Overview")}</Tabs.Tab>
              {recurs && <Tabs.Tab value="runs">{t("Runs")}</Tabs.Tab>}
              <Tabs.Tab value="live">{t("Live")}</Tabs.Tab>
              {campaign.abTestConfig && <Tabs.Tab value="test">{t("A/B test")}</Tabs.Tab>}
              <Tabs.Tab value="recipients" rightSection={count(counters?.total)}>
                {t("Recipients")}
              </Tabs.Tab>
              <Tabs.Tab value="responses" rightSection={count(counters?.replied)}>
                {t("Responses")}
              </Tabs.Tab>
              <Tabs.Tab value="jobs">{t("Jobs")}</Tabs.Tab>
              <Tabs.Tab value="history">{t("History")}</Tabs.Tab>
            </Tabs.List>
          </Tabs>
        </>
      }
    >
      {error && !live && <InlineError error={error} onRetry={() => void refetch()} />}
      {current === "overview" && (
        <Overview campaign={campaign} tracked={live?.isTracked ?? false} />
      )}
      {current === "runs" && <Runs campaign={campaign} />}
      {current === "live" && live && <LiveTab live={live} campaign={campaign} />}
      {current === "test" && <AbTest campaign={campaign} />}
      {current === "recipients" && <Recipients campaign={campaign} />}
      {current === "responses" && <Responses campaign={campaign} />}
      {current === "jobs" && <Jobs campaign={campaign} live={live} />}
      {current === "history" && <History campaign={campaign} />}
    </Page>
  );
}

function Subtitle({ campaign }: { campaign: Campaign }): ReactNode {
  const parts = [
    campaign.objective ? objectiveLabel(campaign.objective) : undefined,
    campaign.type === "recurring" && campaign.status === "scheduled" && campaign.scheduledAt
      ? t("Runs next {at}", { at: dayTime(campaign.scheduledAt) })
      : campaign.startedAt
        ? t("Started {at} by {name}", {
            at: dayTime(campaign.startedAt),
            name: campaign.createdByName,
          })
        : campaign.status === "scheduled" && campaign.scheduledAt
          ? t("Starts {at}", { at: dayTime(campaign.scheduledAt) })
          : t("Made by {name}", { name: campaign.createdByName }),
    campaign.approvedVersion
      ? t("Approved version {version}", { version: campaign.approvedVersion })
      : undefined,
    campaign.status === "draft" ? undefined : campaign.pausedReason,
  ].filter(Boolean);
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 8 }}>
      <Channels of={[campaign.channel]} />
      {parts.join(" · ")}
    </span>
  );
}

function TimeLeft({ live, moving }: { live: Live; moving: boolean }): ReactNode {
  const now = useNow(5_000);
  if (!moving || live.etaSeconds === null) return null;
  return (
    <div className={classes.left}>
      <div className={classes.leftBig}>
        {t("{time} left", { time: duration(live.etaSeconds * 1000) })}
      </div>
      <div className={classes.note}>
        {t("done about {time}", { time: time(now + live.etaSeconds * 1000) })}
      </div>
    </div>
  );
}

function Progress({ live }: { live: Live | undefined }): ReactNode {
  if (!live) return null;
  const { total, sent, failed, skipped, suppressed, cancelled, unknown } = live.counters;
  const tone = live.status === "running" ? "live" : live.status === "paused" ? "warn" : "done";
  return (
    <div className={classes.progress}>
      <ProgressBar
        label={t("{sent} of {total} sent", { sent: number(sent), total: number(total) })}
        total={total}
        size={6}
        segments={[
          { value: sent, tone },
          { value: failed + unknown, tone: "bad" },
          { value: skipped + suppressed + cancelled, tone: "rest" },
        ]}
      />
    </div>
  );
}
