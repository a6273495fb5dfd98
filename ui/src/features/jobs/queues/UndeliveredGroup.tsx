import { Button } from "@mantine/core";
import { useParams, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { DeadLetterGroup, DeadLetterView } from "../../../gen";
import { useList, useMay } from "../../../shared/api";
import { ActionButton } from "../../../shared/form";
import { number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { AppLink, useGo } from "../../../shared/link";
import { type Column, DataTable, SelectionBar } from "../../../shared/table";
import {
  Callout,
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
import { Said } from "./cells";
import { useDecide } from "./decide";
import classes from "./queues.module.css";
import { LETTERS, useGroup } from "./useQueues";
import { adviceWord, shapeOfLetters, wayWord, whyOf, whyWord } from "./words";

/** The messages of one campaign that failed for the same cause, and what to do about them. */
export function UndeliveredGroup(): ReactNode {
  const go = useGo();
  const { run } = useParams({ strict: false }) as { run: string };
  const { cause = "" } = useSearch({ strict: false }) as GroupSearch;
  const { group, isGone, error, refetch } = useGroup<DeadLetterGroup>(LETTERS, run, cause);
  const list = useList<DeadLetterView>(`${LETTERS}/messages`, { runId: run, cause });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const decide = useDecide(() => setSelected(new Set()));
  const seqs = [...selected].map(Number);
  const reason = useReason(group);
  return (
    <Page
      title={group ? whyWord(group) : (whyOf(cause) ?? t("Undelivered messages"))}
      parents={[
        { label: t("Jobs"), href: "/jobs" },
        { label: t("Undelivered messages"), href: "/jobs/undelivered" },
      ]}
      fill
      head={
        group && (
          <>
            <Head group={group} reason={reason} decide={decide} />
            <div className={classes.advice}>
              <Callout
                tone={group.isUnknown ? "warn" : "info"}
                action={
                  group.why === "bad_address" && group.channel === "email" ? (
                    <Button onClick={() => go("/customers/suppressions")}>
                      {t("Open suppression list")}
                    </Button>
                  ) : undefined
                }
              >
                {adviceWord(group)}
              </Callout>
            </div>
          </>
        )
      }
    >
      {error && !group && <InlineError error={error} onRetry={() => void refetch()} />}
      {isGone ? (
        <EmptyState
          title={t("Nothing is left here")}
          text={t("These messages were sent again, or somebody decided about them.")}
          action={
            <Button onClick={() => go("/jobs/undelivered")}>{t("Show all undelivered")}</Button>
          }
        />
      ) : (
        <DataTable
          {...list.table}
          label={t("Undelivered messages")}
          columns={columns(group?.why !== "in_flight")}
          rowKey={(row) => String(row.seq)}
          onOpen={(row) => go(`/customers/${row.customerId}`)}
          selected={reason.role ? undefined : selected}
          onSelect={reason.role ? undefined : setSelected}
        />
      )}
      {group && (
        <SelectionBar count={selected.size} onClear={() => setSelected(new Set())}>
          <ActionButton
            variant="subtle"
            reason={reason.cancelled}
            onClick={() => decide.sendAgain({ groups: [group], seqs })}
          >
            {t("Send again…")}
          </ActionButton>
          <Button variant="subtle" onClick={() => decide.leave({ groups: [group], seqs })}>
            {group.isUnknown ? t("Leave…") : t("Discard…")}
          </Button>
        </SelectionBar>
      )}
    </Page>
  );
}

/** Why nothing can be decided, or why nothing can be sent. */
function useReason(group: DeadLetterGroup | undefined) {
  const may = useMay()("runCampaigns");
  return {
    role: may ? undefined : t("Managers run campaigns"),
    cancelled:
      group?.campaignStatus === "cancelled"
        ? t("The campaign was cancelled: duplicate it to write again")
        : undefined,
  };
}

interface HeadProps {
  group: DeadLetterGroup;
  reason: ReturnType<typeof useReason>;
  decide: ReturnType<typeof useDecide>;
}

function Head({ group, reason, decide }: HeadProps): ReactNode {
  return (
    <PageHeader
      title={whyWord(group)}
      aside={
        <>
          <StatusShape status={shapeOfLetters(group)} /> {number(group.messages)}
        </>
      }
      text={
        <>
          <AppLink href={`/campaigns/${group.campaignId}`}>{group.campaignName}</AppLink>
          {group.runNumber > 1 && ` · ${t("run {number}", { number: group.runNumber })}`}
          {wayWord(group) && ` · ${wayWord(group)}`}
          {" · "}
          <DayTime at={group.firstAt} />
          {group.lastAt !== group.firstAt && (
            <>
              {" – "}
              <DayTime at={group.lastAt} />
            </>
          )}
        </>
      }
      actions={
        <>
          {!reason.role && (
            <Button color="red" variant="outline" onClick={() => decide.leave({ groups: [group] })}>
              {group.isUnknown ? t("Leave all…") : t("Discard all…")}
            </Button>
          )}
          <ActionButton
            variant="filled"
            reason={reason.role ?? reason.cancelled}
            onClick={() => decide.sendAgain({ groups: [group] })}
          >
            {t("Send all again…")}
          </ActionButton>
        </>
      }
    />
  );
}

/** `isSaid`: a provider said something about them. */
const columns = (isSaid: boolean): Column<DeadLetterView>[] => [
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
    width: "minmax(160px, 3fr)",
    cell: (row) =>
      row.address ? (
        <span className="ellipsis" title={row.address}>
          {row.address}
        </span>
      ) : (
        <None />
      ),
  },
  ...(isSaid
    ? [
        {
          key: "reason",
          header: t("What was said"),
          width: "minmax(220px, 5fr)",
          cell: (row: DeadLetterView) => <Said text={row.reason} />,
        },
      ]
    : []),
  {
    key: "attempts",
    header: t("Tries"),
    width: "56px",
    right: true,
    optional: true,
    cell: (row) => <Num value={row.attempts} />,
  },
  {
    key: "at",
    header: t("Since"),
    width: "130px",
    cell: (row) => <DayTime at={row.failedAt} />,
  },
];
