import type { ReactNode } from "react";
import { ProgressBar } from "../../../shared/charts";
import { dayTime, money, number, percent } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import { Callout, type Figure, KeyFigures, KeyValue, SectionTitle } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import type { Campaign } from "../types";
import { typeWord, unknownPolicyWord } from "../words";

interface OverviewProps {
  campaign: Campaign;
  /** Whether opens and clicks could be counted at all. */
  tracked: boolean;
}

export function Overview({ campaign, tracked }: OverviewProps): ReactNode {
  const m = campaign.metrics;
  const seen = (value: number, rate: number): Pick<Figure, "value" | "text"> =>
    tracked || value > 0
      ? { value: number(value), text: percent(rate) }
      : { value: "–", text: t("not tracked") };
  const figures: Figure[] = [
    { label: t("Sent"), value: number(m.sent), text: share(m.sent, m.totalRecipients) },
    { label: t("Delivered"), value: number(m.delivered), text: percent(m.deliveryRate) },
    { label: t("Opened"), ...seen(m.opened, m.openRate) },
    { label: t("Clicked"), ...seen(m.clicked, m.clickRate) },
    { label: t("Replied"), value: number(m.replied), text: share(m.replied, m.delivered) },
    { label: t("Redeemed"), value: number(m.redeemed), text: percent(m.conversionRate) },
    { label: t("Bounced"), value: number(m.bounced), text: percent(m.bounceRate) },
    {
      label: t("Failed"),
      value: number(m.failed),
      tone: m.failed > 0 ? "bad" : undefined,
      text:
        m.failed > 0 ? (
          <AppLink href={`/jobs/undelivered?campaign=${campaign.id}`}>{t("See why")}</AppLink>
        ) : undefined,
    },
    { label: t("Unsubscribed"), value: number(m.unsubscribed) },
    { label: t("Revenue"), value: money(m.revenue) },
  ];
  return (
    <div className={classes.sections}>
      {campaign.approvalStatus === "rejected" && (
        <Callout tone="bad">
          {t("This campaign was rejected. Its history says why; change it and submit it again.")}
        </Callout>
      )}
      {campaign.status === "draft" && campaign.pausedReason && (
        <Callout tone="bad">
          {t("It could not start: {reason}", { reason: campaign.pausedReason })}
        </Callout>
      )}
      <EndReached campaign={campaign} />
      {m.totalRecipients === 0 ? (
        <Callout tone="info">{waiting(campaign)}</Callout>
      ) : (
        <>
          <KeyFigures figures={figures} />
          <section>
            <SectionTitle title={t("What happened")} />
            <Funnel campaign={campaign} tracked={tracked} />
          </section>
          <section>
            <SectionTitle title={t("Where every message is")} />
            <Ledger campaign={campaign} />
          </section>
        </>
      )}
      <section>
        <SectionTitle title={t("Who gets what")} />
        <Plan campaign={campaign} />
      </section>
    </div>
  );
}

/** Of a one-time campaign that could not send everything before its end. */
function EndReached({ campaign }: { campaign: Campaign }): ReactNode {
  const { status, type, endAt, completedAt, metrics } = campaign;
  const ended = status === "completed" && type === "one_time" && endAt && completedAt;
  if (!ended || Date.parse(completedAt) < Date.parse(endAt) || metrics.cancelled === 0) return null;
  return (
    <Callout tone="warn">
      {tn(
        metrics.cancelled,
        "Its end, {at}, was reached: {n} message was not sent.",
        "Its end, {at}, was reached: {n} messages were not sent.",
        { at: dayTime(endAt) },
      )}
    </Callout>
  );
}

const share = (part: number, whole: number) =>
  whole > 0 ? percent((part / whole) * 100) : undefined;

function waiting(campaign: Campaign): string {
  if (campaign.status === "cancelled") return t("Cancelled before anything was sent.");
  if (campaign.approvalStatus === "pending") return t("An approver has to agree before it starts.");
  if (campaign.status === "scheduled") return t("Nothing is sent yet: it waits for its start.");
  return t("Nothing is sent yet. What happens shows here once it has started.");
}

function Funnel({ campaign, tracked }: OverviewProps): ReactNode {
  const m = campaign.metrics;
  const rows: [string, number, boolean][] = [
    [t("Messages"), m.totalRecipients, true],
    [t("Sent"), m.sent, true],
    [t("Delivered"), m.delivered, true],
    [t("Opened"), m.opened, tracked || m.opened > 0],
    [t("Clicked"), m.clicked, tracked || m.clicked > 0],
    [t("Redeemed"), m.redeemed, true],
  ];
  return rows.map(([label, value, known]) => (
    <div key={label} className={classes.funnelRow}>
      <span>{label}</span>
      <ProgressBar
        label={`${label}: ${number(value)}`}
        total={m.totalRecipients}
        value={value}
        size={6}
        tone={campaign.status === "running" ? "live" : "done"}
      />
      <span>{known ? number(value) : "–"}</span>
      <span className={classes.note}>
        {known ? share(value, m.totalRecipients) : t("not tracked")}
      </span>
    </div>
  ));
}

/** The ledger: target = sent + failed + suppressed + skipped + cancelled + pending + unknown. */
function Ledger({ campaign }: { campaign: Campaign }): ReactNode {
  const m = campaign.metrics;
  const parts: [string, number, string][] = [
    ["sent", m.sent, t("sent")],
    ["failed", m.failed, t("failed")],
    ["suppressed", m.suppressed, t("suppressed")],
    ["skipped", m.skipped, t("skipped")],
    ["cancelled", m.cancelled, t("cancelled")],
    ["pending", m.pending, t("pending")],
    ["unknown", m.unknown, t("unknown")],
  ];
  return (
    <p className={classes.ledger}>
      <span>
        <b>{number(m.totalRecipients)}</b> {t("messages")} =
      </span>
      {parts.map(([key, value, word], place) => (
        <span key={key}>
          {place > 0 && "+ "}
          {value > 0 ? (
            <AppLink href={`/campaigns/${campaign.id}?tab=recipients`}>
              <b>{number(value)}</b> {word}
            </AppLink>
          ) : (
            `${number(value)} ${word}`
          )}
        </span>
      ))}
    </p>
  );
}

function Plan({ campaign }: { campaign: Campaign }): ReactNode {
  const names = (role: string) =>
    campaign.segments
      .filter((one) => one.role === role)
      .map((one) => one.name)
      .join(", ");
  const offersOf = (segment: string) =>
    campaign.offers
      .filter((one) => one.segmentId === segment)
      .map((one) => one.name)
      .join(", ");
  const included = campaign.segments.filter((one) => one.role === "include");
  const content = campaign.templateId
    ? t("A template")
    : campaign.content
      ? campaign.content.subject || campaign.content.textBody.slice(0, 80)
      : undefined;
  return (
    <KeyValue
      labelWidth="150px"
      rows={[
        ...(campaign.offers.length > 0
          ? included.map((one) => ({
              label: one.name,
              value: offersOf(one.segmentId) || t("No offer"),
            }))
          : [
              { label: t("Segments"), value: names("include") || t("None") },
              { label: t("Text"), value: content ?? t("None") },
            ]),
        ...(names("exclude") ? [{ label: t("Left out"), value: names("exclude") }] : []),
        {
          label: t("Control group"),
          value:
            campaign.controlPercent > 0
              ? `${campaign.controlPercent}%${
                  campaign.metrics.controlCustomers > 0
                    ? `, ${tn(campaign.metrics.controlCustomers, "{n} person", "{n} people")}`
                    : ""
                }`
              : t("None"),
        },
        { label: t("Type"), value: typeWord(campaign.type) },
        {
          label: t("Rate"),
          value: campaign.throttleConfig?.messagesPerHour
            ? t("{n} an hour", { n: number(campaign.throttleConfig.messagesPerHour) })
            : t("Not limited"),
        },
        { label: t("If in doubt"), value: unknownPolicyWord(campaign.unknownPolicy) },
      ]}
    />
  );
}
