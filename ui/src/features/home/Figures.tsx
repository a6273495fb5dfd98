import type { ReactNode } from "react";
import type { Home, HomeFigures, HomeProvider as Provider, HomeRate as Rate } from "../../gen";
import { Sparkline } from "../../shared/charts";
import { compact, day, number, percent, signed, time } from "../../shared/format";
import { t } from "../../shared/i18n";
import { BigFigure, Change, Rail, RailSection, StatusShape } from "../../shared/ui";
import classes from "./home.module.css";

const DAY_MS = 86_400_000;

/** The rail: the last 28 days, and how the providers are. */
export function Figures({ home }: { home: Home }): ReactNode {
  const { figures } = home;
  const revenue = `${figures.currency} ${compact(Number(figures.revenue))}`;
  return (
    <Rail
      width={290}
      label={t("Last 28 days")}
      summary={
        figures.sent === 0
          ? t("Nothing was sent in the last 28 days.")
          : t("{revenue} from campaigns in the last 28 days, {rate} delivered", {
              revenue,
              rate: percent(figures.delivered.now),
            })
      }
    >
      <RailSection title={t("Last 28 days")} aside={t("vs 28 before")}>
        {figures.sent === 0 && (
          <p className={classes.none}>{t("Nothing was sent in the last 28 days.")}</p>
        )}
        {figures.sent > 0 && <Past figures={figures} />}
      </RailSection>
      <RailSection title={t("Providers")}>
        {home.providers.length === 0 && (
          <p className={classes.none}>{t("No provider yet: messages go to the test inbox.")}</p>
        )}
        {home.providers.map((provider) => (
          <ProviderRow key={provider.id} provider={provider} />
        ))}
      </RailSection>
    </Rail>
  );
}

function Past({ figures }: { figures: HomeFigures }): ReactNode {
  const revenue = `${figures.currency} ${compact(Number(figures.revenue))}`;
  return (
    <>
      <BigFigure
        label={t("Revenue from campaigns")}
        value={
          <span title={`${figures.currency} ${figures.revenue}`}>
            {revenue}{" "}
            <Growth now={Number(figures.revenue)} before={Number(figures.revenueBefore)} />
          </span>
        }
      />
      <Sparkline
        width={250}
        height={64}
        values={figures.revenueDays}
        before={figures.revenueDaysBefore}
        label={t("Revenue by day, {revenue} in all", { revenue })}
      />
      <div className={classes.axis}>
        <span>{day(Date.now() - 27 * DAY_MS)}</span>
        <span>{t("today")}</span>
      </div>
      <RateRow name={t("Delivered")} rate={figures.delivered} />
      <RateRow name={t("Opens")} rate={figures.opened} />
      <RateRow name={t("Clicks")} rate={figures.clicked} />
      <div className={classes.rateRow}>
        <span>{t("Conversions")}</span>
        <i />
        <b>{number(figures.conversions)}</b>
        <Growth now={figures.conversions} before={figures.conversionsBefore} />
      </div>
      <RateRow name={t("Opt-outs")} rate={figures.optedOut} goodWhen="down" digits={2} />
    </>
  );
}

function Growth({ now, before }: { now: number; before: number }): ReactNode {
  if (before === 0) return <span />;
  const change = ((now - before) / before) * 100;
  return <Change value={Math.round(change)} text={signed(change, "%", 0)} />;
}

interface RateRowProps {
  name: string;
  /** None: nothing can be tracked. */
  rate: Rate | null | undefined;
  goodWhen?: "up" | "down";
  digits?: number;
}

function RateRow({ name, rate, goodWhen, digits = 1 }: RateRowProps): ReactNode {
  if (!rate) {
    return (
      <div className={classes.rateRow}>
        <span>{name}</span>
        <span className={classes.untracked}>{t("not tracked")}</span>
      </div>
    );
  }
  const change = Number((rate.now - rate.before).toFixed(digits));
  return (
    <div className={classes.rateRow}>
      <span>{name}</span>
      <Sparkline
        lineOnly
        tone="done"
        width={46}
        height={14}
        values={rate.weeks}
        label={t("{name} by week", { name })}
      />
      <b>{percent(rate.now, digits)}</b>
      <Change value={change} goodWhen={goodWhen} text={signed(change, ` ${t("pt")}`, digits)} />
    </div>
  );
}

function ProviderRow({ provider }: { provider: Provider }): ReactNode {
  const paused = provider.state !== "ok";
  const since = provider.stateAt ? time(provider.stateAt) : "";
  return (
    <div className={classes.provider} title={provider.stateReason ?? undefined}>
      <StatusShape
        status={paused ? "paused" : provider.kind === "sandbox" ? "completed" : "passed"}
      />
      <span className="ellipsis">{provider.name}</span>
      <span className={classes.providerState} data-paused={paused || undefined}>
        {paused
          ? t("paused {time}", { time: since })
          : provider.kind === "sandbox"
            ? t("test inbox")
            : t("ready")}
      </span>
    </div>
  );
}
