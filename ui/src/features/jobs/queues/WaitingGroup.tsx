import { Button } from "@mantine/core";
import { useParams, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { WaitingGroup as Group, WaitingView } from "../../../gen";
import { useList, useMay } from "../../../shared/api";
import { ActionButton } from "../../../shared/form";
import { number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { AppLink, useGo } from "../../../shared/link";
import { waitsWord } from "../../../shared/message/waits";
import { type Column, DataTable, SelectionBar } from "../../../shared/table";
import {
  DayTime,
  EmptyState,
  InlineError,
  None,
  Num,
  Page,
  PageHeader,
  StatusShape,
} from "../../../shared/ui";
import type { GroupSearch } from "../routes";
import { Goes, Said } from "./cells";
import { useDecide } from "./decide";
import { useGroup, WAITING } from "./useQueues";
import { shapeOfWaiting } from "./words";

/** The messages of one campaign that wait for the same, those that go first on top. */
export function WaitingGroup(): ReactNode {
  const go = useGo();
  const may = useMay()("runCampaigns");
  const { run } = useParams({ strict: false }) as { run: string };
  const { cause = "" } = useSearch({ strict: false }) as GroupSearch;
  const { group, isGone, error, refetch } = useGroup<Group>(WAITING, run, cause);
  const list = useList<WaitingView>(`${WAITING}/messages`, { runId: run, cause });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const decide = useDecide(() => setSelected(new Set()));
  const hurries = may && group?.canBeHurried === true;
  const reason = may ? (hurries ? undefined : whyNot(cause)) : t("Managers run campaigns");
  return (
    <Page
      title={waitsWord(cause)}
      parents={[
        { label: t("Jobs"), href: "/jobs" },
        { label: t("Waiting messages"), href: "/jobs/waiting" },
      ]}
      fill
      head={
        group && (
          <PageHeader
            title={waitsWord(cause)}
            aside={
              <>
                <StatusShape status={shapeOfWaiting(group)} /> {number(group.messages)}
              </>
            }
            text={
              <>
                <AppLink href={`/campaigns/${group.campaignId}`}>{group.campaignName}</AppLink>
                {group.runNumber > 1 && ` · ${t("run {number}", { number: group.runNumber })}`}
                {" · "}
                <DayTime at={group.earliestAt} />
                {group.latestAt !== group.earliestAt && (
                  <>
                    {" – "}
                    <DayTime at={group.latestAt} />
                  </>
                )}
              </>
            }
            actions={
              <ActionButton
                variant="filled"
                reason={reason}
                onClick={() => decide.sendNow({ groups: [group] })}
              >
                {t("Try all now…")}
              </ActionButton>
            }
          />
        )
      }
    >
      {error && !group && <InlineError error={error} onRetry={() => void refetch()} />}
      {isGone ? (
        <EmptyState
          title={t("No message waits for this any more")}
          text={t("They were sent, or wait for something else now.")}
          action={<Button onClick={() => go("/jobs/waiting")}>{t("Show all waiting")}</Button>}
        />
      ) : (
        <DataTable
          {...list.table}
          label={t("Waiting messages")}
          columns={columns()}
          rowKey={(row) => String(row.seq)}
          onOpen={(row) => go(`/customers/${row.customerId}`)}
          selected={hurries ? selected : undefined}
          onSelect={hurries ? setSelected : undefined}
        />
      )}
      {group && (
        <SelectionBar count={selected.size} onClear={() => setSelected(new Set())}>
          <Button
            variant="subtle"
            onClick={() => decide.sendNow({ groups: [group], seqs: [...selected].map(Number) })}
          >
            {t("Try now…")}
          </Button>
        </SelectionBar>
      )}
    </Page>
  );
}

const whyNot = (cause: string): string =>
  ["requeued", "returned"].includes(cause)
    ? t("They go as soon as limits allow")
    : cause === "quiet_hours"
      ? t("Quiet hours are kept")
      : cause === "in_doubt"
        ? t("They go by themselves unless their answers turn up")
        : t("Limits are kept");

const columns = (): Column<WaitingView>[] => [
  {
    key: "name",
    header: t("Customer"),
    width: "minmax(140px, 2fr)",
    cell: (row) => (
      <AppLink href={`/customers/${row.customerId}`} className="ellipsis" title={row.name}>
        {row.name || t("Without a name")}
      </AppLink>
    ),
  },
  {
    key: "address",
    header: t("Address"),
    width: "minmax(160px, 2fr)",
    cell: (row) =>
      row.address ? (
        <span className="ellipsis" title={row.address}>
          {row.address}
        </span>
      ) : (
        <None />
      ),
  },
  {
    key: "error",
    header: t("What was said"),
    width: "minmax(180px, 3fr)",
    optional: true,
    cell: (row) => <Said text={row.lastError} />,
  },
  {
    key: "attempts",
    header: t("Tries"),
    width: "56px",
    right: true,
    cell: (row) => <Num value={row.attempts} />,
  },
  { key: "due", header: t("Goes"), width: "130px", cell: (row) => <Goes at={row.dueAt} /> },
];
