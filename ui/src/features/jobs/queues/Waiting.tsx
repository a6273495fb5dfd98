import { Button } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { WaitingGroup } from "../../../gen";
import { useMay } from "../../../shared/api";
import { ActionButton } from "../../../shared/form";
import { number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { waitsWord } from "../../../shared/message/waits";
import { type Column, DataTable, SelectionBar } from "../../../shared/table";
import { EmptyState, Page, PageHeader } from "../../../shared/ui";
import { JobTabs } from "../JobTabs";
import type { QueueSearch } from "../routes";
import { CampaignChip } from "./CampaignChip";
import { CampaignCell, Cause, Goes, Said } from "./cells";
import { useDecide } from "./decide";
import { keyOf, messagesOf, useWaitingGroups } from "./useQueues";
import { shapeOfWaiting } from "./words";

const hrefOf = (group: WaitingGroup): string =>
  `/jobs/waiting/${group.runId}?cause=${encodeURIComponent(group.cause)}`;

/** Messages that wait for a moment: a next try, the end of quiet hours, a limit. */
export function Waiting(): ReactNode {
  const go = useGo();
  const may = useMay()("runCampaigns");
  const { campaign } = useSearch({ strict: false }) as QueueSearch;
  const list = useWaitingGroups(campaign);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const decide = useDecide(() => setSelected(new Set()));
  const chosen = (list.rows ?? []).filter((group) => selected.has(keyOf(group)));
  const kept = chosen.some((group) => !group.canBeHurried);
  const messages = messagesOf(list.rows);
  return (
    <Page
      title={t("Waiting messages")}
      parents={[{ label: t("Jobs"), href: "/jobs" }]}
      fill
      head={
        <>
          <PageHeader
            title={t("Waiting messages")}
            aside={messages ? number(messages) : undefined}
            text={t(
              "They had their turn and go by themselves when their moment comes. Messages that had no turn yet are counted by their campaign.",
            )}
          />
          <JobTabs current="waiting" />
          {campaign && (
            <CampaignChip
              id={campaign}
              name={list.rows?.[0]?.campaignName}
              onRemove={() => go("/jobs/waiting")}
            />
          )}
        </>
      }
    >
      <DataTable
        {...list.table}
        label={t("Waiting messages")}
        columns={columns()}
        rowHeight={48}
        rowKey={keyOf}
        href={hrefOf}
        onOpen={(group) => go(hrefOf(group))}
        selected={may ? selected : undefined}
        onSelect={may ? setSelected : undefined}
        empty={
          <EmptyState
            title={campaign ? t("No message of this campaign waits") : t("No message waits")}
            text={t(
              "Messages that were put off, or that keep quiet hours, are listed here until they go.",
            )}
            action={
              campaign && (
                <Button onClick={() => go("/jobs/waiting")}>{t("Show all waiting")}</Button>
              )
            }
          />
        }
      />
      <SelectionBar count={chosen.length} onClear={() => setSelected(new Set())}>
        <ActionButton
          variant="subtle"
          reason={kept ? t("Only next tries can be made sooner") : undefined}
          onClick={() => decide.sendNow({ groups: chosen })}
        >
          {t("Try now…")}
        </ActionButton>
      </SelectionBar>
    </Page>
  );
}

const columns = (): Column<WaitingGroup>[] => [
  {
    key: "cause",
    header: t("What for"),
    width: "minmax(220px, 2fr)",
    cell: (group) => <Cause shape={shapeOfWaiting(group)} title={waitsWord(group.cause)} />,
  },
  {
    key: "campaign",
    header: t("Campaign"),
    width: "minmax(170px, 2fr)",
    cell: (group) => <CampaignCell group={group} />,
  },
  {
    key: "error",
    header: t("What was said"),
    width: "minmax(200px, 3fr)",
    optional: true,
    cell: (group) => <Said text={group.lastError} />,
  },
  {
    key: "earliest",
    header: t("First goes"),
    width: "130px",
    cell: (group) => <Goes at={group.earliestAt} />,
  },
  {
    key: "latest",
    header: t("Last goes"),
    width: "130px",
    cell: (group) => <Goes at={group.latestAt} />,
  },
  {
    key: "messages",
    header: t("Messages"),
    width: "90px",
    right: true,
    cell: (group) => <b>{number(group.messages)}</b>,
  },
];
