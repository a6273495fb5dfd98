import { Button, Menu } from "@mantine/core";
import { IconHistory, IconSparkles } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";
import { post, useSend } from "../../shared/api";
import { say, sayError } from "../../shared/feedback";
import { dayTime, percent, time } from "../../shared/format";
import { t, tc } from "../../shared/i18n";
import {
  channelLabel,
  Disposition,
  dispositionLabel,
  dispositions,
  Logo,
  Person,
} from "../../shared/ui";
import classes from "./drawer.module.css";
import type { CardDetail, ThreadItem } from "./types";
import { historyText } from "./words";

/** What was said around a card, oldest first; scrolled to its end. */
export function Thread({ detail, canWork }: { detail: CardDetail; canWork: boolean }): ReactNode {
  const end = useRef<HTMLDivElement>(null);
  const count = detail.thread.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a longer thread is what it scrolls for
  useEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up.
    void end.current?.scrollIntoView({ block: "nearest" });
  }, [count]);
  return (
    <div className={classes.thread} role="log" aria-label={t("What was said")}>
      {grouped(detail.thread).map((items) => {
        const [item] = items;
        if (!item) return null;
        const key = `${item.kind}-${item.at}-${items.length}-${item.body.slice(0, 20)}`;
        if (item.kind === "history") return <History key={key} items={items} />;
        return <Said key={key} item={item} detail={detail} canWork={canWork} />;
      })}
      {detail.card.draft && detail.card.status !== "done" && (
        <div className={classes.item}>
          <span className={classes.spark}>
            <IconSparkles size={14} aria-hidden />
          </span>
          <div className={classes.said}>
            <span className={classes.by}>
              <b>{t("Draft below")}</b> ·{" "}
              {t("written here, on this computer; check it before you send")}
            </span>
          </div>
        </div>
      )}
      <div ref={end} />
    </div>
  );
}

/** History that follows history stands in one line. */
function grouped(thread: ThreadItem[]): ThreadItem[][] {
  const groups: ThreadItem[][] = [];
  for (const item of thread) {
    const last = groups[groups.length - 1];
    if (item.kind === "history" && last?.[0]?.kind === "history") last.push(item);
    else groups.push([item]);
  }
  return groups;
}

function History({ items }: { items: ThreadItem[] }): ReactNode {
  return (
    <div className={classes.history}>
      <IconHistory size={14} aria-hidden />
      <span>
        {items
          .map(
            (item) =>
              `${time(item.at)} ${item.authorName && item.authorName !== "Muster" ? `${item.authorName} ` : ""}${historyText(item.body, item.data, item.authorName)}`,
          )
          .join(" · ")}
      </span>
    </div>
  );
}

const STATES = (): Record<string, string> => ({
  pending: t("on its way"),
  sending: t("on its way"),
  sent: tc("one message", "sent"),
  delivered: t("delivered"),
  opened: t("opened"),
  clicked: t("clicked"),
  bounced: t("bounced"),
  failed: t("not sent"),
  unknown: t("perhaps sent"),
});

function Said({
  item,
  detail,
  canWork,
}: {
  item: ThreadItem;
  detail: CardDetail;
  canWork: boolean;
}): ReactNode {
  const name = item.kind === "reply" ? detail.card.contactName : (item.authorName ?? "");
  const facts = [
    item.kind === "message" && item.channel
      ? t("Campaign {channel}", { channel: channelLabel(item.channel) })
      : null,
    item.kind === "note" ? t("note, only your team sees this") : null,
    dayTime(item.at),
    item.kind !== "message" && item.channel ? channelLabel(item.channel) : null,
    item.status ? (STATES()[item.status] ?? item.status) : null,
  ].filter(Boolean);
  const error = item.data?.error;
  return (
    <div className={classes.item} data-kind={item.kind}>
      {item.kind === "message" ? (
        <span className={classes.logo}>
          <Logo size={22} />
        </span>
      ) : (
        <Person name={name} size={22} only="avatar" />
      )}
      <div className={classes.said}>
        <span className={classes.by}>
          {item.kind !== "message" && <b>{item.kind === "reply" ? name.split(" ")[0] : name}</b>}
          {item.kind !== "message" && " · "}
          {facts.join(" · ")}
        </span>
        <p className={classes.body}>{item.body}</p>
        {typeof error === "string" && <span className={classes.failed}>{error}</span>}
        {item.kind === "reply" && <Class item={item} canWork={canWork} />}
      </div>
    </div>
  );
}

/** What the classifier makes of a reply, and the way to set it right. */
function Class({ item, canWork }: { item: ThreadItem; canWork: boolean }): ReactNode {
  const data = item.data as {
    responseId: string;
    disposition: string;
    predictedDisposition: string;
    confidence: number;
    sentiment: string;
  } | null;
  const correct = useSend(
    (to: string) => post(`/responses/${data?.responseId}/correct`, { disposition: to }),
    {
      stale: ["cards", "board", "responses", "campaigns"],
      onSuccess: (_, to) =>
        say(
          t("Thank you. Replies like this one will be read as {class}.", {
            class: dispositionLabel(to),
          }),
        ),
    },
  );
  if (!data) return null;
  const corrected = data.disposition !== data.predictedDisposition;
  const sentiment =
    { positive: t("positive"), neutral: t("neutral"), negative: t("negative") }[data.sentiment] ??
    data.sentiment;
  return (
    <span className={classes.class}>
      <b>
        <Disposition of={data.disposition} />
      </b>
      <span className={classes.quiet}>
        {corrected
          ? t("corrected by a person")
          : `${t("{percent} sure", { percent: percent(data.confidence * 100, 0) })} · ${sentiment}`}
      </span>
      {canWork && (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="transparent" size="compact-xs" loading={correct.isPending}>
              {t("Correct")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t("What it really means")}</Menu.Label>
            {dispositions()
              .filter((one) => one.value !== data.disposition && one.value !== "BOUNCE")
              .map((one) => (
                <Menu.Item
                  key={one.value}
                  onClick={() => correct.mutate(one.value, { onError: sayError })}
                >
                  <Disposition of={one.value} />
                </Menu.Item>
              ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </span>
  );
}
