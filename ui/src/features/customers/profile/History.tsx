import { Button, Skeleton } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconBan,
  IconClick,
  IconGift,
  IconLayoutKanban,
  IconMailOpened,
  IconMessageCircle,
  IconShoppingBag,
  IconTicket,
} from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { TimelineEntry, TimelinePage } from "../../../gen";
import { type ApiError, get, keyOf } from "../../../shared/api";
import { money } from "../../../shared/format";
import { t, tc } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import {
  channelLabel,
  EmptyState,
  InlineError,
  Timeline,
  type TimelineItem,
  useLate,
} from "../../../shared/ui";

/** What happened to a person, newest first, under its days. */
export function History({ id, kind }: { id: string; kind: string }): ReactNode {
  const path = `/customers/${id}/timeline`;
  const pages = useInfiniteQuery<TimelinePage, ApiError, TimelineEntry[], unknown[], string>({
    queryKey: [...keyOf(path, { kind }), "pages"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      get<TimelinePage>(path, { kind, cursor: pageParam }, signal),
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.entries),
  });
  const late = useLate(150);
  if (pages.error) return <InlineError error={pages.error} onRetry={() => void pages.refetch()} />;
  if (!pages.data)
    return late ? [1, 2, 3, 4].map((row) => <Skeleton key={row} height={36} mt={12} />) : null;
  if (pages.data.length === 0) {
    return (
      <EmptyState
        title={kind ? t("Nothing of this kind yet") : t("Nothing has happened yet")}
        text={t("Messages, clicks, codes, rewards, replies and cards of this person appear here.")}
      />
    );
  }
  return (
    <>
      <Timeline items={pages.data.map(item)} />
      {pages.hasNextPage && (
        <Button
          variant="subtle"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {t("Show what happened before")}
        </Button>
      )}
    </>
  );
}

const size = { size: 16, stroke: 1.6, "aria-hidden": true } as const;
const notSent = ["skipped", "suppressed", "cancelled"];

function icon(entry: TimelineEntry): ReactNode {
  if (entry.kind === "message") {
    if (notSent.includes(entry.status)) return <IconBan {...size} />;
    if (["failed", "bounced", "unknown"].includes(entry.status))
      return <IconAlertTriangle {...size} />;
    return <IconMessageCircle {...size} />;
  }
  if (entry.kind === "event")
    return entry.status === "opened" ? <IconMailOpened {...size} /> : <IconClick {...size} />;
  if (entry.kind === "redemption") return <IconTicket {...size} />;
  if (entry.kind === "reward") return <IconGift {...size} />;
  if (entry.kind === "conversion") return <IconShoppingBag {...size} />;
  if (entry.kind === "reply") return <IconArrowBackUp {...size} />;
  return <IconLayoutKanban {...size} />;
}

/** What happened to a message later stands in lines of its own. */
const messageWords = (): Record<string, string> => ({
  pending: t("Waiting to be sent"),
  sent: tc("one message", "Sent"),
  delivered: tc("one message", "Delivered"),
  opened: tc("one message", "Delivered"),
  clicked: tc("one message", "Delivered"),
  bounced: t("Came back"),
  failed: t("Not delivered"),
  skipped: t("Not sent"),
  suppressed: t("Not sent"),
  cancelled: t("Not sent"),
  unknown: t("May have been sent"),
});
const eventWords = (): Record<string, string> => ({
  delivered: tc("one message", "Delivered"),
  opened: tc("one message", "Opened"),
  clicked: tc("one message", "Clicked"),
  replied: tc("one message", "Replied"),
  bounced: t("Came back"),
  unsubscribed: t("Unsubscribed"),
  complained: t("Marked as spam"),
});

function title(entry: TimelineEntry): ReactNode {
  const name = entry.campaignId ? (
    <AppLink href={`/campaigns/${entry.campaignId}`}>{entry.campaignName}</AppLink>
  ) : null;
  if (entry.kind === "message") {
    return (
      <>
        {messageWords()[entry.status] ?? entry.status}: {name}
      </>
    );
  }
  if (entry.kind === "event") {
    return (
      <>
        {eventWords()[entry.status] ?? entry.status}: {name}
      </>
    );
  }
  if (entry.kind === "redemption") return t("Redeemed {code}", { code: entry.detail });
  if (entry.kind === "reply") return t("Replied “{summary}”", { summary: entry.title });
  if (entry.kind === "conversion") return t("Bought");
  return entry.title;
}

function text(entry: TimelineEntry): string {
  const channel = entry.channel ? channelLabel(entry.channel) : "";
  const parts: Record<string, string[]> = {
    message: [channel, entry.detail],
    event: [
      channel,
      entry.detail === "automatic" ? t("opened by a program, not counted") : entry.detail,
    ],
    redemption: [entry.title, entry.campaignName ?? ""],
    reward: [entry.detail, entry.campaignName ?? ""],
    conversion: [entry.title, entry.campaignName ?? ""],
    reply: [channel, entry.campaignName ?? ""],
    card: [t("Card {number}", { number: entry.objectId }), entry.detail, entry.campaignName ?? ""],
  };
  return (parts[entry.kind] ?? []).filter(Boolean).join(" · ");
}

function item(entry: TimelineEntry, place: number): TimelineItem {
  const amount =
    entry.amount && Number(entry.amount) !== 0
      ? money(entry.amount, entry.currency ?? undefined)
      : undefined;
  return {
    id: `${entry.kind}:${entry.objectId}:${entry.at}:${place}`,
    at: entry.at,
    icon: icon(entry),
    title: title(entry),
    text: text(entry),
    right: amount && <span style={{ fontWeight: 600 }}>{amount}</span>,
    marked: entry.kind === "message" && notSent.includes(entry.status),
  };
}
