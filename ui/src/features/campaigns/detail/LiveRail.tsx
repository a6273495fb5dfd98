import type { ReactNode } from "react";
import { ProgressBar } from "../../../shared/charts";
import { duration, number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { Rail, RailSection } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import type { Campaign, Live } from "../types";
import { LiveEvents } from "./LiveEvents";

interface LiveRailProps {
  live: Live;
  campaign: Campaign;
}

/** What holds messages back while the campaign sends, and what people do with them. */
export function LiveRail({ live, campaign }: LiveRailProps): ReactNode {
  const alive = live.status === "running" || live.status === "paused";
  return (
    <Rail
      label={alive ? t("What limits the rate now") : t("Events")}
      summary={alive ? limitText(live, campaign) : t("Events")}
    >
      {alive && <Limits live={live} campaign={campaign} />}
      {live.status === "running" && <Rate live={live} />}
      <LiveEvents campaignId={campaign.id} />
    </Rail>
  );
}

function limitText(live: Live, campaign: Campaign): string {
  const limiting = live.limits.find((one) => one.isLimiting);
  if (live.status === "paused") {
    return campaign.pausedReason ?? t("Paused: nothing is sent until it is resumed.");
  }
  if (!limiting) return t("Nothing limits the rate now but the provider itself.");
  return t("{name} limits the rate now: {used} of {limit}.", {
    name: limiting.name,
    used: number(limiting.used),
    limit: number(limiting.limit),
  });
}

function Limits({ live, campaign }: LiveRailProps): ReactNode {
  return (
    <RailSection title={t("What limits the rate now")}>
      <p className={classes.limitText}>{limitText(live, campaign)}</p>
      {live.limits.map((limit) => (
        <div
          key={limit.name}
          className={classes.limit}
          data-limiting={limit.isLimiting || undefined}
        >
          <span className={classes.line}>
            {limit.isLimiting ? (
              <b>
                {limit.name} {t("limiting")}
              </b>
            ) : (
              <span>{limit.name}</span>
            )}
            <span className={classes.figure}>
              {number(limit.used)} / {number(limit.limit)}
            </span>
          </span>
          <ProgressBar
            label={limit.name}
            total={limit.limit}
            value={limit.used}
            tone={limit.isLimiting ? "warn" : "done"}
          />
        </div>
      ))}
    </RailSection>
  );
}

function Rate({ live }: { live: Live }): ReactNode {
  const left = live.etaSeconds === null ? undefined : duration(live.etaSeconds * 1000);
  return (
    <RailSection title={t("Rate")}>
      <p className={classes.leftBig}>
        {live.ratePerMinute === null
          ? t("Being measured")
          : t("{n} a minute", { n: number(live.ratePerMinute) })}
      </p>
      <p className={classes.note}>
        {left === undefined
          ? t("No end can be told now.")
          : live.ratePerMinute
            ? t("{time} left at this rate", { time: left })
            : t("{time} left", { time: left })}
      </p>
    </RailSection>
  );
}
