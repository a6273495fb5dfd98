import {
  Button,
  Menu,
  NumberInput,
  Popover,
  SegmentedControl,
  Select,
  Textarea,
} from "@mantine/core";
import { IconClockPause, IconTrophy } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { post, useSend } from "../../shared/api";
import { sayUndo } from "../../shared/feedback";
import { currency, dayStart, dayTime } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { Keys } from "../../shared/keys";
import { channelLabel, InlineError } from "../../shared/ui";
import classes from "./drawer.module.css";
import type { CardDetail, Here } from "./types";
import { lostReasons } from "./words";

interface ComposerProps {
  detail: CardDetail;
  people: Here[];
  onWriting: (isWriting: boolean) => void;
}

/** Answer or note, and what else is done with a card. */
export function Composer({ detail, people, onWriting }: ComposerProps): ReactNode {
  const { card, answerChannels } = detail;
  const [mode, setMode] = useState<"answer" | "note">(
    answerChannels.length > 0 ? "answer" : "note",
  );
  const [text, setText] = useState(card.draft);
  const [channel, setChannel] = useState(answerChannels[0] ?? "");
  const stale = ["cards", "board", "campaigns"];
  const sent = () => setText("");
  const send = useSend(
    () =>
      mode === "answer"
        ? post<CardDetail>(`/cards/${card.id}/answer`, {
            body: text,
            channel,
            version: card.version,
          })
        : post<CardDetail>(`/cards/${card.id}/comments`, { body: text }),
    { stale, onSuccess: sent },
  );
  const isWriting = text.trim() !== "" && text !== card.draft;
  useEffect(() => onWriting(isWriting), [isWriting, onWriting]);
  useEffect(() => () => onWriting(false), [onWriting]);
  const canSend = text.trim() !== "" && !send.isPending;
  const run = () => canSend && send.mutate();
  return (
    <div className={classes.composer}>
      <Company people={people} isWriting={isWriting} />
      <div className={classes.modes}>
        <SegmentedControl
          value={mode}
          onChange={(value) => setMode(value as "answer" | "note")}
          data={[
            ...(answerChannels.length > 0
              ? [
                  {
                    value: "answer",
                    label: t("Answer by {channel}", { channel: channelLabel(channel) }),
                  },
                ]
              : []),
            { value: "note", label: t("Note") },
          ]}
        />
        {mode === "answer" && answerChannels.length > 1 && (
          <Select
            size="xs"
            w={110}
            aria-label={t("Channel")}
            allowDeselect={false}
            value={channel}
            onChange={(value) => value && setChannel(value)}
            data={answerChannels.map((one) => ({ value: one, label: channelLabel(one) }))}
          />
        )}
        <span className={classes.count}>{counter(mode, channel, text)}</span>
      </div>
      <Textarea
        aria-label={mode === "answer" ? t("Your answer") : t("Your note")}
        placeholder={
          mode === "answer"
            ? t("Write to {name}", { name: card.contactName })
            : t("Only your team sees this")
        }
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
            event.preventDefault();
            run();
          }
        }}
        autosize
        minRows={2}
        maxRows={8}
      />
      {send.error && <InlineError error={send.error} meaning={t("Your text is still here.")} />}
      <div className={classes.actions}>
        <Snooze detail={detail} />
        <Outcome detail={detail} />
        <Button
          className={classes.send}
          onClick={run}
          loading={send.isPending}
          disabled={!canSend}
          rightSection={<Keys of="mod+enter" />}
        >
          {mode === "answer" ? t("Send and wait") : t("Write note")}
        </Button>
      </div>
    </div>
  );
}

function Company({ people, isWriting }: { people: Here[]; isWriting: boolean }): ReactNode {
  if (people.length === 0) return null;
  const writing = people.filter((one) => one.isWriting).map((one) => one.name.split(" ")[0]);
  const reading = people.filter((one) => !one.isWriting).map((one) => one.name.split(" ")[0]);
  return (
    <div className={classes.company} data-warn={writing.length > 0 || undefined} role="status">
      <span className={classes.halo} aria-hidden />
      {writing.length > 0
        ? t("{names} is writing an answer to this card now.", { names: writing.join(", ") })
        : isWriting
          ? t("Only you are writing. {names} is reading this card.", { names: reading.join(", ") })
          : t("{names} is reading this card.", { names: reading.join(", ") })}
    </div>
  );
}

const GSM =
  /^[\n\r @£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;

function counter(mode: string, channel: string, text: string): string {
  if (mode !== "answer" || channel !== "sms")
    return text ? tn(text.length, "{n} character", "{n} characters") : "";
  const plain = GSM.test(text);
  const length = plain ? text.replace(/[\^{}\\[~\]|€]/g, "xx").length : text.length;
  const [one, many] = plain ? [160, 153] : [70, 67];
  const parts = length <= one ? 1 : Math.ceil(length / many);
  return `${t("{n} of {max}", { n: length, max: parts === 1 ? one : parts * many })}, ${tn(parts, "{n} part", "{n} parts")}`;
}

function Snooze({ detail }: { detail: CardDetail }): ReactNode {
  const { card } = detail;
  const snooze = useSend(
    (until: number) =>
      post<CardDetail>(`/cards/${card.id}/snooze`, {
        until: new Date(until).toISOString(),
        version: card.version,
      }),
    {
      stale: ["cards", "board"],
      onSuccess: (out) =>
        sayUndo(t("Snoozed until {time}", { time: dayTime(out.card.snoozedUntil ?? "") }), () =>
          post(`/cards/${card.id}/move`, { status: card.status, version: out.card.version }),
        ),
    },
  );
  const now = Date.now();
  const morning = (days: number) => dayStart(now + days * 86_400_000) + 8 * 3_600_000;
  const choices = [
    { label: t("For 2 hours"), at: now + 2 * 3_600_000 },
    { label: t("Until tomorrow morning"), at: morning(1) },
    { label: t("For 3 days"), at: morning(3) },
    { label: t("For a week"), at: morning(7) },
  ];
  if (card.status === "done") return null;
  return (
    <Menu position="top-start">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconClockPause size={16} aria-hidden />}
          loading={snooze.isPending}
        >
          {t("Snooze")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map((choice) => (
          <Menu.Item key={choice.label} onClick={() => snooze.mutate(choice.at)}>
            {choice.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Outcome({ detail }: { detail: CardDetail }): ReactNode {
  const { card, contact } = detail;
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState("won");
  const [amount, setAmount] = useState<string | number>("");
  const [reason, setReason] = useState<string | null>(null);
  const code = contact?.currency ?? currency();
  const close = useSend(
    () =>
      post<CardDetail>(`/cards/${card.id}/outcome`, {
        outcome: kind,
        amount: kind === "won" ? String(amount || 0) : undefined,
        currency: kind === "won" ? code : undefined,
        reason: kind === "lost" ? reason : undefined,
        version: card.version,
      }),
    {
      stale: ["cards", "board", "campaigns"],
      onSuccess: (out) => {
        setOpen(false);
        sayUndo(t("Closed"), () =>
          post(`/cards/${card.id}/move`, {
            status: card.status === "waiting" ? "todo" : card.status,
            version: out.card.version,
          }),
        );
      },
    },
  );
  if (card.status === "done") {
    return (
      <Button
        variant="subtle"
        color="gray"
        onClick={() => void patchStatus(card.id, card.version).then(() => close.reset())}
      >
        {t("Reopen the card")}
      </Button>
    );
  }
  const missing = kind === "lost" && !reason ? t("Say why it was lost") : undefined;
  return (
    <Popover opened={open} onChange={setOpen} position="top-start" width={300} trapFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconTrophy size={16} aria-hidden />}
          onClick={() => setOpen(!open)}
        >
          {t("Outcome")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.outcome}>
          <SegmentedControl
            fullWidth
            value={kind}
            onChange={setKind}
            data={[
              { value: "won", label: t("Won") },
              { value: "lost", label: t("Lost") },
              { value: "none", label: t("Just close") },
            ]}
          />
          {kind === "won" && (
            <NumberInput
              label={t("What was won")}
              prefix={`${code} `}
              thousandSeparator=","
              decimalScale={2}
              min={0}
              value={amount}
              onChange={setAmount}
              description={t("Counts as revenue of the campaign")}
            />
          )}
          {kind === "lost" && (
            <Select
              label={t("Why it was lost")}
              data={lostReasons()}
              value={reason}
              onChange={setReason}
              comboboxProps={{ withinPortal: false }}
            />
          )}
          {close.error && <InlineError error={close.error} />}
          <Button
            onClick={() => close.mutate()}
            loading={close.isPending}
            disabled={missing !== undefined}
            title={missing}
          >
            {t("Close the card")}
          </Button>
          {missing && <span className={classes.quiet}>{missing}</span>}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

const patchStatus = (id: string, version: number) =>
  post(`/cards/${id}/move`, { status: "todo", version });
