import { Button, Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { post, useGet, useMay, useSend } from "../../../shared/api";
import { confirmAction } from "../../../shared/feedback";
import { dayTime, duration, money, number, percent } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { Callout, InlineError, SectionTitle, useLate, useNow } from "../../../shared/ui";
import type { AbTestResult, AbTestVariant, Campaign } from "../types";
import { criterionCount, criterionWord } from "../words";
import { chance, scaleOf } from "./abTest";
import classes from "./abTest.module.css";

/** How the test of the newest run stands: what each variant did, which one leads and how sure that is. */
export function AbTest({ campaign }: { campaign: Campaign }): ReactNode {
  const moving = campaign.status === "running" || campaign.status === "paused";
  const path = `/campaigns/${campaign.id}/ab-test`;
  const query = useGet<AbTestResult>(path, undefined, { refetchMs: moving ? 5_000 : undefined });
  const late = useLate(150);
  const result = query.data?.campaignId === campaign.id ? query.data : undefined;
  if (!result) {
    return query.error ? (
      <InlineError error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      late && <Skeleton height={160} />
    );
  }
  return <Loaded campaign={campaign} result={result} />;
}

interface LoadedProps {
  campaign: Campaign;
  result: AbTestResult;
}

function Loaded({ campaign, result }: LoadedProps): ReactNode {
  const open = result.state === "sending" || result.state === "watching";
  return (
    <div className={classes.test}>
      <Callout tone={result.state === "decided" ? "good" : "info"} role="status">
        <Where campaign={campaign} result={result} />
      </Callout>
      {result.variants.length > 0 && (
        <section>
          <SectionTitle
            title={
              result.state === "decided"
                ? t("What the sample did until then")
                : t("What the sample does")
            }
          />
          <Variants campaign={campaign} result={result} open={open} />
          <p className={classes.verdict}>{verdict(result)}</p>
          <p className={classes.note}>{howItIsDecided(result)}</p>
        </section>
      )}
    </div>
  );
}

/** Where the test is, and who waits for what. */
function Where({ campaign, result }: LoadedProps): ReactNode {
  const now = useNow(10_000);
  const { waiting, decidesAt, decidedAt, winner } = result;
  switch (result.state) {
    case "not_started": {
      const sample = campaign.abTestConfig?.testSamplePercent ?? 100;
      return sample < 100
        ? t(
            "Once it starts, {percent} of the audience get a variant; the rest waits for the winner.",
            {
              percent: percent(sample, 0),
            },
          )
        : t("Once it starts, everybody gets a variant, and the result shows here.");
    }
    case "sending":
      return waiting > 0
        ? tn(
            waiting,
            "The sample is being sent. {n} message waits for the winner.",
            "The sample is being sent. {n} messages wait for the winner.",
          )
        : t("Everybody gets a variant; they are being sent.");
    case "watching": {
      const until = {
        at: dayTime(decidesAt ?? now),
        left: duration(Math.max(0, Date.parse(decidesAt ?? "") - now)),
      };
      return waiting > 0
        ? tn(
            waiting,
            "{n} message waits for the winner until {at}: {left} left.",
            "{n} messages wait for the winner until {at}: {left} left.",
            until,
          )
        : t("Everybody has a variant. The winner is named at {at}: {left} left.", until);
    }
    case "decided": {
      const values = { id: winner ?? "", at: dayTime(decidedAt ?? now) };
      const who = result.isByHand
        ? t("{id} was declared the winner by hand, {at}.", values)
        : t("{id} won, {at}.", values);
      const rest =
        waiting > 0 &&
        tn(
          waiting,
          "It goes to {n} recipient who waited for it.",
          "It goes to {n} recipients who waited for it.",
        );
      return [who, rest].filter(Boolean).join(" ");
    }
    default:
      return t("The campaign ended before there was a winner.");
  }
}

function Variants({ campaign, result, open }: LoadedProps & { open: boolean }): ReactNode {
  const may = useMay()("runCampaigns");
  const criteria = result.winnerCriteria ?? "open_rate";
  const top = scaleOf(result.variants);
  return (
    <table className={classes.variants}>
      <thead>
        <tr>
          <th scope="col">{t("Variant")}</th>
          <th scope="col" data-right>
            {t("Sent")}
          </th>
          <th scope="col" data-right>
            {t("Delivered")}
          </th>
          <th scope="col" data-right>
            {criterionCount(criteria)}
          </th>
          <th scope="col">{criterionWord(criteria)}</th>
          <th scope="col">
            <span className="visually-hidden">{t("Result")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {result.variants.map((one) => (
          <tr key={one.variantId}>
            <th scope="row">
              <span className={classes.name}>
                <b>{one.variantId}</b>
                <span className="ellipsis" title={one.name}>
                  {one.name === one.variantId ? "" : one.name}
                </span>
              </span>
            </th>
            <td data-right>{number(one.sentCount)}</td>
            <td data-right>{number(one.deliveredCount)}</td>
            <td data-right>{reached(one, criteria)}</td>
            <td>
              <Rate variant={one} top={top} leads={leads(result, one)} />
            </td>
            <td data-right>
              {open && may ? (
                <Declare campaign={campaign} result={result} variant={one} />
              ) : (
                <b>{one.variantId === result.winner && t("Winner")}</b>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const leads = (result: AbTestResult, one: AbTestVariant) =>
  one.variantId === (result.winner ?? (result.certainty === "no_data" ? null : result.leader));

function reached(one: AbTestVariant, criteria: NonNullable<AbTestResult["winnerCriteria"]>) {
  switch (criteria) {
    case "open_rate":
      return number(one.openedCount);
    case "click_rate":
      return number(one.clickedCount);
    case "conversion_rate":
      return number(one.redeemedCount);
    default:
      return money(one.revenue);
  }
}

interface RateProps {
  variant: AbTestVariant;
  top: number;
  leads: boolean;
}

/** The rate, and where the true one lies: a dot on its interval, on one scale for all variants. */
function Rate({ variant, top, leads }: RateProps): ReactNode {
  const { rate, low, high, deliveredCount } = variant;
  if (rate === null) {
    return deliveredCount > 0 ? money(Number(variant.revenue) / deliveredCount) : "–";
  }
  if (low === null || high === null) return "–";
  const place = (value: number) => `${(value / top) * 100}%`;
  const interval = t("between {low} and {high}", {
    low: percent(low * 100),
    high: percent(high * 100),
  });
  return (
    <span className={classes.rate} title={interval} data-leads={leads || undefined}>
      <span className={classes.figure}>{percent(rate * 100)}</span>
      <span className="visually-hidden">{interval}</span>
      <span className={classes.plot} aria-hidden>
        <span className={classes.interval} style={{ left: place(low), width: place(high - low) }} />
        <span className={classes.dot} style={{ left: place(rate) }} />
      </span>
    </span>
  );
}

function Declare({
  campaign,
  result,
  variant,
}: LoadedProps & { variant: AbTestVariant }): ReactNode {
  const { waiting } = result;
  const id = variant.variantId;
  const send = useSend(() => post(`/campaigns/${campaign.id}/ab-test/winner`, { variantId: id }), {
    stale: ["campaigns", "home"],
  });
  const ask = () =>
    confirmAction({
      title: t("Declare {id} the winner?", { id }),
      text:
        waiting > 0
          ? tn(
              waiting,
              "{n} message that waits goes out with {id}. This ends the test and cannot be taken back.",
              "{n} messages that wait go out with {id}. This ends the test and cannot be taken back.",
              { id },
            )
          : t("This ends the test and cannot be taken back. Nothing more is sent."),
      action:
        waiting > 0
          ? tn(waiting, "Send {id} to {n} recipient", "Send {id} to {n} recipients", { id })
          : t("Declare {id} the winner", { id }),
      keep: t("Keep testing"),
      run: () => send.mutateAsync(undefined),
    });
  return (
    <Button size="xs" onClick={ask}>
      {t("Declare {id} the winner", { id })}
    </Button>
  );
}

/** Who leads and how sure that is, in words. */
function verdict({ certainty, leader, pValue }: AbTestResult): string {
  const values = { id: leader ?? "", chance: chance(pValue ?? 1) };
  switch (certainty) {
    case "clear":
      return t(
        "The lead of {id} is clear: chance alone brings about one as large in {chance} of tests.",
        values,
      );
    case "unclear":
      return t(
        "The lead of {id} may be chance: chance alone brings about one as large in {chance} of tests.",
        values,
      );
    case "tie":
      return t("The best variants are level. Of them the first in order wins: {id}.", values);
    case "not_tested":
      return t(
        "{id} brings the most per message. Whether that is chance is not tested for revenue.",
        values,
      );
    default:
      return t(
        "There are no figures to compare. Without any, the first in order wins: {id}.",
        values,
      );
  }
}

function howItIsDecided({ testDurationHours, testSamplePercent }: AbTestResult): string {
  return t(
    "Rates are out of what was delivered; bars show where the true rate lies with a certainty of 95%. The sample is {percent} of the audience and is watched for {hours} hours from its last message on.",
    { percent: percent(testSamplePercent ?? 100, 0), hours: testDurationHours ?? 0 },
  );
}
