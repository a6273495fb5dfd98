import { SegmentedControl, Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useList } from "../../shared/api";
import { number } from "../../shared/format";
import { t } from "../../shared/i18n";
import { Keys, useShortcut } from "../../shared/keys";
import { AppLink, useGo } from "../../shared/link";
import {
  Channels,
  Deadline,
  EmptyState,
  InlineError,
  Page,
  RelativeTime,
  type Status,
  StatusShape,
  useLate,
} from "../../shared/ui";
import { ApprovalPane } from "./ApprovalPane";
import classes from "./approvals.module.css";
import type { Approval } from "./types";

/** The inbox at the left, what is to be decided at the right. */
export function Approvals(): ReactNode {
  const { approvalId } = useParams({ strict: false }) as { approvalId?: string };
  const go = useGo();
  const [box, setBox] = useState("pending");
  const list = useList<Approval>("/approvals", { status: box });
  const rows = list.rows;
  const current = approvalId ?? rows?.[0]?.id;
  const at = rows?.findIndex((one) => one.id === current) ?? -1;
  const walk = (by: number) => {
    const next = rows?.[at + by];
    if (next) go(`/approvals/${next.id}`);
  };
  useShortcut("j", t("Next"), () => walk(1), { group: t("This list") });
  useShortcut("k", t("Previous"), () => walk(-1), { group: t("This list") });
  const empty = rows?.length === 0;
  return (
    <Page title={t("Approvals")} fill>
      <div className={classes.split}>
        <nav className={classes.inbox} aria-label={t("Inbox")}>
          <div className={classes.boxes}>
            <SegmentedControl
              value={box}
              onChange={(next) => {
                setBox(next);
                go("/approvals");
              }}
              data={[
                {
                  value: "pending",
                  label:
                    box === "pending" && list.total
                      ? t("Waiting {n}", { n: list.total })
                      : t("Waiting"),
                },
                { value: "decided", label: t("Decided") },
              ]}
            />
          </div>
          <div className={classes.rows}>
            {list.error ? (
              <div className={classes.pad}>
                <InlineError error={list.error} onRetry={() => void list.refetch()} />
              </div>
            ) : rows === undefined ? (
              <Loading />
            ) : (
              rows.map((row) => <InboxRow key={row.id} row={row} active={row.id === current} />)
            )}
          </div>
          <footer className={classes.keys}>
            <span>
              <Keys of="j" /> <Keys of="k" /> {t("next, previous")}
            </span>
            <span>
              <Keys of="a" /> {t("approve")}
            </span>
          </footer>
        </nav>
        <div className={classes.pane}>
          {current ? (
            <ApprovalPane key={current} id={current} />
          ) : (
            empty && (
              <div className={classes.pad}>
                <EmptyState
                  title={
                    box === "pending" ? t("Nothing waits for you") : t("Nothing was decided yet")
                  }
                  text={t(
                    "Campaigns and offers that are submitted show here, with whom they reach and what changed.",
                  )}
                />
              </div>
            )
          )}
        </div>
      </div>
    </Page>
  );
}

function Loading(): ReactNode {
  const late = useLate(150);
  return late ? (
    <div className={classes.pad} style={{ display: "grid", gap: 12 }}>
      <Skeleton height={56} />
      <Skeleton height={56} />
      <Skeleton height={56} />
    </div>
  ) : null;
}

const shape: Record<Approval["status"], Status> = {
  pending: "waiting_approval",
  approved: "passed",
  rejected: "rejected",
  withdrawn: "cancelled",
  expired: "cancelled",
};

function InboxRow({ row, active }: { row: Approval; active: boolean }): ReactNode {
  const waits = row.status === "pending";
  return (
    <AppLink
      href={`/approvals/${row.id}`}
      className={classes.row}
      aria-current={active ? "true" : undefined}
    >
      <StatusShape status={waits && !row.mayDecide ? "queued" : shape[row.status]} />
      <span className={classes.words}>
        <b className={classes.name}>
          {row.objectType === "offer" ? t("Offer: {name}", { name: row.name }) : row.name}
        </b>
        <span className={classes.line}>
          {row.channel && <Channels of={[row.channel]} />}
          {row.audienceSize !== null && number(row.audienceSize)}
          {row.audienceSize !== null && " · "}
          {waits
            ? row.mayDecide
              ? t("{given} of {needed}", {
                  given: row.givenApprovals,
                  needed: row.requiredApprovals,
                })
              : t("others decide")
            : decidedWord(row.status)}
        </span>
        <span className={classes.line}>
          <span className="ellipsis">{row.submittedByName}</span>
          <span className={classes.due}>
            {waits && row.dueAt ? (
              <Deadline at={row.dueAt} />
            ) : (
              <RelativeTime at={row.decidedAt ?? row.submittedAt} />
            )}
          </span>
        </span>
      </span>
    </AppLink>
  );
}

export const decidedWord = (status: string): string =>
  ({
    pending: t("waiting"),
    approved: t("approved"),
    rejected: t("rejected"),
    withdrawn: t("withdrawn"),
    expired: t("expired"),
  })[status] ?? status;
