import { Drawer, Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { useGet, useSession } from "../../../shared/api";
import { dayTime } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import { MailPreview } from "../../../shared/message/MailPreview";
import { PhonePreview } from "../../../shared/message/PhonePreview";
import {
  type ChannelName,
  InlineError,
  KeyValue,
  SectionTitle,
  StatusMark,
  shapeOf,
} from "../../../shared/ui";
import classes from "../campaigns.module.css";
import type { Campaign, Recipient, SentMessage } from "../types";
import { eventWord, recipientWord } from "../words";

interface RecipientDrawerProps {
  campaign: Campaign;
  recipient: Recipient | undefined;
  onClose: () => void;
}

/** One message as it was sent, and what happened to it. */
export function RecipientDrawer({ campaign, recipient, onClose }: RecipientDrawerProps): ReactNode {
  return (
    <Drawer
      position="right"
      size={460}
      opened={recipient !== undefined}
      onClose={onClose}
      title={recipient?.name || t("Recipient")}
    >
      {recipient && <Body campaign={campaign} recipient={recipient} />}
    </Drawer>
  );
}

function Body({ campaign, recipient }: { campaign: Campaign; recipient: Recipient }): ReactNode {
  const path = `/campaigns/${campaign.id}/recipients/${recipient.runId}/${recipient.seq}`;
  const { data, error, refetch } = useGet<SentMessage>(path);
  const message = data?.recipient.id === recipient.id ? data : undefined;
  const now = message?.recipient ?? recipient;
  return (
    <div style={{ display: "grid", gap: 16 }}>
      <KeyValue
        labelWidth="110px"
        rows={[
          {
            label: t("Status"),
            value: <StatusMark status={shapeOf(now.status)} label={recipientWord(now.status)} />,
          },
          ...(now.failureReason ? [{ label: t("Why"), value: now.failureReason }] : []),
          { label: t("Address"), value: now.address ?? "–" },
          {
            label: t("Customer"),
            value: <AppLink href={`/customers/${now.customerId}`}>{t("Open the profile")}</AppLink>,
          },
        ]}
      />
      {error && <InlineError error={error} onRetry={() => void refetch()} />}
      {!message && !error && <Skeleton height={240} />}
      {message && (
        <>
          <section>
            <SectionTitle title={now.sentAt ? t("As it was sent") : t("What would be sent")} />
            <Content message={message} />
            {!message.isComplete && (
              <p className={classes.note}>
                {now.sentAt
                  ? t(
                      "What stood in its places was not kept, because Muster stopped while it sent this. They are empty here.",
                    )
                  : t("Its places are filled in when it is sent. They are empty here.")}
              </p>
            )}
          </section>
          <section>
            <SectionTitle title={t("What happened")} />
            <Happened message={message} />
          </section>
        </>
      )}
    </div>
  );
}

function Content({ message }: { message: SentMessage }): ReactNode {
  const from = useSession()?.workspace.name ?? "";
  if (message.channel === null) {
    return <p className={classes.note}>{t("No text was chosen for this recipient.")}</p>;
  }
  const preview = {
    customerId: message.recipient.customerId,
    customerName: message.recipient.name,
    channel: message.channel as ChannelName,
    locale: message.recipient.locale ?? "en",
    sender: message.senderId,
    subject: message.subject,
    preheader: null,
    text: message.text,
    html: message.html,
    sms: null,
  };
  return message.channel === "email" ? (
    <MailPreview preview={preview} from={from} />
  ) : (
    <PhonePreview preview={preview} />
  );
}

/** What became of a try that nobody took for certain. */
function tryWord({ outcome, provider, error }: SentMessage["attempts"][number]): string {
  if (outcome !== "unknown") return t("Not accepted by {provider}: {error}", { provider, error });
  return provider
    ? t("No answer from {provider}: {error}", { provider, error })
    : t("Nobody knows whether it arrived: {error}", { error });
}

function Happened({ message }: { message: SentMessage }): ReactNode {
  const r = message.recipient;
  const steps = [
    ...message.attempts.map((one) => ({
      at: one.at,
      what: tryWord(one),
    })),
    { at: r.sentAt, what: t("Sent") },
    { at: r.deliveredAt, what: t("Delivered") },
    ...message.events
      .filter((one) => one.kind !== "delivered")
      .map((one) => ({
        at: one.at,
        what: one.isBot
          ? t("{what}, by a machine", { what: eventWord(one.kind) })
          : eventWord(one.kind),
      })),
    { at: r.failedAt, what: recipientWord(r.status) },
    { at: r.waitsUntil, what: t("Waits until then") },
  ].filter((one): one is { at: string; what: string } => one.at !== null);
  steps.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (steps.length === 0) return <p className={classes.note}>{t("Nothing yet.")}</p>;
  return (
    <ol className={classes.events}>
      {steps.map((one, place) => (
        <li key={`${one.at}-${place}`}>
          <time dateTime={one.at}>{dayTime(one.at)}</time>
          <span>{one.what}</span>
        </li>
      ))}
    </ol>
  );
}
