import { Button } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { DeadLetterGroup } from "../../../gen";
import { useMay } from "../../../shared/api";
import { ActionButton } from "../../../shared/form";
import { number } from "../../../shared/format";
import { t, tc } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { type Column, DataTable, SelectionBar } from "../../../shared/table";
import { DayTime, EmptyState, Page, PageHeader } from "../../../shared/ui";
import { JobTabs } from "../JobTabs";
import type { QueueSearch } from "../routes";
import { CampaignChip } from "./CampaignChip";
import { CampaignCell, Cause, Said } from "./cells";
import { useDecide } from "./decide";
import { keyOf, messagesOf, useLetterGroups } from "./useQueues";
import { briefly, shapeOfLetters } from "./words";

const hrefOf = (group: DeadLetterGroup): string =>
  `/jobs/undelivered/${group.runId}?cause=${encodeURIComponent(group.cause)}`;

/** Messages that failed for good or are in doubt, by campaign and cause: somebody decides what becomes of them. */
export function Undelivered(): ReactNode {
  const go = useGo();
  const may = useMay()("runCampaigns");
  const { campaign } = useSearch({ strict: false }) as QueueSearch;
  const list = useLetterGroups(campaign);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const decide = useDecide(() => setSelected(new Set()));
  const chosen = (list.rows ?? []).filter((group) => selected.has(keyOf(group)));
  const cancelled = chosen.some((group) => group.campaignStatus === "cancelled");
  const messages = messagesOf(list.rows);
  return (
    <Page
      title={t("Undelivered messages")}
      parents={[{ label: t("Jobs"), href: "/jobs" }]}
      fill
      head={
        <>
          <PageHeader
            title={t("Undelivered messages")}
            aside={messages ? number(messages) : undefined}
            text={t(
              "Refused for good, put off at every try, or of unknown fate. Decide what becomes of them; after 90 days they go from here by themselves.",
            )}
          />
          <JobTabs current="undelivered" />
          {campaign && (
            <CampaignChip
              id={campaign}
              name={list.rows?.[0]?.campaignName}
              onRemove={() => go("/jobs/undelivered")}
            />
          )}
        </>
      }
    >
      <DataTable
        {...list.table}
        label={t("Undelivered messages")}
        columns={columns()}
        rowHeight={48}
        rowKey={keyOf}
        href={hrefOf}
        onOpen={(group) => go(hrefOf(group))}
        selected={may ? selected : undefined}
        onSelect={may ? setSelected : undefined}
        empty={
          campaign ? (
            <EmptyState
              title={t("Nothing of this campaign waits for a decision")}
              text={t("Its recipients show what became of every message.")}
              action={
                <Button onClick={() => go(`/campaigns/${campaign}?tab=recipients`)}>
                  {t("Show recipients")}
                </Button>
              }
            />
          ) : (
            <EmptyState
              title={t("Every message is accounted for")}
              text={t(
                "Messages that are refused for good, or whose fate is unknown, wait here for you to send them again or let them be.",
              )}
            />
          )
        }
      />
      <SelectionBar count={chosen.length} onClear={() => setSelected(new Set())}>
        <ActionButton
          variant="subtle"
          reason={cancelled ? t("Cancelled campaigns send nothing") : undefined}
          onClick={() => decide.sendAgain({ groups: chosen })}
        >
          {t("Send again…")}
        </ActionButton>
        <Button variant="subtle" onClick={() => decide.leave({ groups: chosen })}>
          {chosen.every((group) => group.isUnknown) ? t("Leave…") : t("Discard…")}
        </Button>
      </SelectionBar>
    </Page>
  );
}

const columns = (): Column<DeadLetterGroup>[] => [
  {
    key: "why",
    header: t("What happened"),
    width: "minmax(230px, 5fr)",
    cell: (group) => <Cause shape={shapeOfLetters(group)} {...briefly(group)} />,
  },
  {
    key: "campaign",
    header: t("Campaign"),
    width: "minmax(170px, 5fr)",
    cell: (group) => <CampaignCell group={group} />,
  },
  {
    key: "example",
    header: t("For example"),
    width: "minmax(200px, 6fr)",
    optional: true,
    // Of messages in flight nobody said anything.
    cell: (group) => <Said text={group.why === "in_flight" ? undefined : group.example} />,
  },
  {
    key: "first",
    header: tc("one message", "First"),
    width: "130px",
    optional: true,
    cell: (group) => <DayTime at={group.firstAt} />,
  },
  {
    key: "last",
    header: tc("one message", "Last"),
    width: "130px",
    cell: (group) => <DayTime at={group.lastAt} />,
  },
  {
    key: "messages",
    header: t("Messages"),
    width: "90px",
    right: true,
    cell: (group) => <b>{number(group.messages)}</b>,
  },
];
