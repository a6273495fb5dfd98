import type { ReactNode } from "react";
import { ProgressBar } from "../../../shared/charts";
import { dayTime, duration, number } from "../../../shared/format";
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
  const waiting = live.waits.reduce((sum, one) => sum + one.messages, 0);
  if (!limiting && waiting > 0 && waiting >= live.counters.pending) {
    return t("Everything that is left waits for its moment.");
  }
  if (!limiting) return t("Nothing limits the rate now but the provider itself.");
  return t("Held back by “{name}”: {used} of {limit} are used.", {
    name: limitName(limiting),
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
                {limitName(limit)} {t("limiting")}
              </b>
            ) : (
              <span>{limitName(limit)}</span>
            )}
            <span className={classes.figure}>
              {number(limit.used)} / {number(limit.limit)}
            </span>
          </span>
          <ProgressBar
            label={limitName(limit)}
            total={limit.limit}
            value={limit.used}
            tone={limit.isLimiting ? "warn" : "done"}
          />
        </div>
      ))}
      {live.waits.map((wait) => (
        <p key={wait.cause} className={classes.note}>
          <b>{number(wait.messages)}</b> {waitWord(wait.cause)} ·{" "}
          {Date.parse(wait.nextAt) > Date.now()
            ? t("next at {time}", { time: dayTime(wait.nextAt) })
            : t("next as soon as there is room")}
        </p>
      ))}
    </RailSection>
  );
}

function limitName({ provider, windowSeconds }: Live["limits"][number]): string {
  const name = provider ?? t("Campaign");
  if (windowSeconds <= 60) return t("{name}, per minute", { name });
  return windowSeconds <= 3600 ? t("{name}, per hour", { name }) : t("{name}, per day", { name });
}

/** What messages wait for, behind their number. */
function waitWord(cause: string): string {
  switch (cause) {
    case "quiet_hours":
      return t("wait for quiet hours to end");
    case "ab_test":
      return t("wait for the winner of the A/B test");
    case "domain_limit":
      return t("wait because of their domain’s limit");
    case "in_doubt":
      return t("go once more: nobody knows whether they arrived");
    case "retry":
      return t("are tried again");
    default:
      return t("go on shortly");
  }
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
