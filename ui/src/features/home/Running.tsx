import type { ReactNode } from "react";
import type { HomeRunning as RunningCampaign } from "../../gen";
import { ProgressBar, Sparkline } from "../../shared/charts";
import { duration, number, time } from "../../shared/format";
import { objectiveLabel } from "../../shared/format/campaign";
import { t } from "../../shared/i18n";
import { AppLink } from "../../shared/link";
import { channelLabel, SectionTitle, StatusMark, useNow } from "../../shared/ui";
import classes from "./home.module.css";

interface RunningProps {
  running: RunningCampaign[];
  limit: number;
}

/** Campaigns under way, one line each. */
export function Running({ running, limit }: RunningProps): ReactNode {
  const used = running.filter((campaign) => campaign.status === "running").length;
  return (
    <section className={classes.section}>
      <SectionTitle
        line
        title={t("Running now")}
        aside={t("Limit {limit} at once · {used} in use", { limit, used })}
      />
      {running.length === 0 && <p className={classes.none}>{t("No campaign runs now.")}</p>}
      {running.map((campaign) => (
        <RunningRow key={campaign.id} campaign={campaign} />
      ))}
    </section>
  );
}

function RunningRow({ campaign }: { campaign: RunningCampaign }): ReactNode {
  const paused = campaign.status === "paused";
  const tone = paused ? "warn" : "live";
  const { done, total } = campaign;
  const share = total > 0 ? Math.floor((done / total) * 100) : 0;
  const text = [
    channelLabel(campaign.channel),
    campaign.objective ? objectiveLabel(campaign.objective) : "",
  ].filter(Boolean);
  const about = t("{what}, by {name}", { what: text.join(" · "), name: campaign.owner });
  // Nothing can be said in the first seconds.
  const now = typeof campaign.rate === "number" ? number(campaign.rate) : "–";
  const rate = t("{n}/min", { n: now });
  return (
    <div className={classes.run} data-paused={paused || undefined}>
      <StatusMark status={paused ? "paused" : "running"} label="" />
      <div className={classes.words}>
        <AppLink
          href={`/campaigns/${campaign.id}`}
          className={`${classes.name} ellipsis`}
          title={campaign.name}
        >
          {campaign.name}
        </AppLink>
        <div className={`${classes.text} ellipsis`}>{about}</div>
      </div>
      <Sparkline
        values={campaign.perMinute}
        tone={tone}
        label={t("Sent per minute, {n} now", { n: now })}
      />
      <span className={classes.rate}>
        <b>{now}</b>
        {rate.slice(now.length)}
      </span>
      <div className={classes.progress}>
        <div className={classes.progressText}>
          <span>
            <b>{number(done)}</b> {t("of {total}", { total: number(total) })}
          </span>
          <span>{share}%</span>
        </div>
        <ProgressBar
          label={t("{done} of {total} done", { done: number(done), total: number(total) })}
          total={total}
          value={done}
          tone={tone}
        />
      </div>
      <Left campaign={campaign} />
    </div>
  );
}

function Left({ campaign }: { campaign: RunningCampaign }): ReactNode {
  const now = useNow();
  if (campaign.status === "paused") {
    return <span className={classes.left}>{campaign.pausedReason ?? t("Paused")}</span>;
  }
  if (campaign.doneAt) {
    const ms = Math.max(0, new Date(campaign.doneAt).getTime() - now);
    return (
      <span className={classes.left}>
        {t("{time} left, {clock}", { time: duration(ms), clock: time(campaign.doneAt) })}
      </span>
    );
  }
  const always = campaign.type === "triggered" || campaign.type === "plan";
  return <span className={classes.left}>{always ? t("Always on") : ""}</span>;
}
