import type { ReactNode } from "react";
import { t } from "../i18n";
import { StatusShape } from "./StatusShape";
import classes from "./status.module.css";

/** The shapes there are; every state of every object is one of them. */
export type Status =
  | "draft"
  | "queued"
  | "scheduled"
  | "waiting_approval"
  | "running"
  | "retrying"
  | "paused"
  | "waiting"
  | "completed"
  | "passed"
  | "failed"
  | "rejected"
  | "cancelled"
  | "warning";

const word = (status: Status): string =>
  ({
    draft: t("Draft"),
    queued: t("Queued"),
    scheduled: t("Scheduled"),
    waiting_approval: t("Waiting for approval"),
    running: t("Running"),
    retrying: t("Retrying"),
    paused: t("Paused"),
    waiting: t("Waiting"),
    completed: t("Completed"),
    passed: t("Passed"),
    failed: t("Failed"),
    rejected: t("Rejected"),
    cancelled: t("Cancelled"),
    warning: t("Warning"),
  })[status];

const quiet: Status[] = ["draft", "completed", "cancelled", "queued"];

interface StatusMarkProps {
  status: Status;
  /** Instead of the usual word; "" shows the shape alone (say the state elsewhere then). */
  label?: string;
  /** Names beside it are stronger on detail pages. */
  strong?: boolean;
}

/** A 14 px shape and a word: never a filled pill, never colour alone. */
export function StatusMark({ status, label, strong }: StatusMarkProps): ReactNode {
  const text = label ?? word(status);
  return (
    <span
      className={classes.mark}
      data-status={status}
      data-quiet={quiet.includes(status) || undefined}
      data-strong={strong || undefined}
    >
      <StatusShape status={status} />
      {text && <span className="ellipsis">{text}</span>}
    </span>
  );
}

/** States of campaigns, jobs, executions, offers, approvals and cards as a shape. */
const shapes: Record<string, Status> = {
  draft: "draft",
  scheduled: "scheduled",
  running: "running",
  sending: "running",
  active: "running",
  in_progress: "running",
  paused: "paused",
  completed: "completed",
  success: "completed",
  done: "completed",
  cancelled: "cancelled",
  aborted: "cancelled",
  skipped: "cancelled",
  archived: "cancelled",
  expired: "cancelled",
  suppressed: "cancelled",
  failed: "failed",
  failure: "failed",
  timeout: "failed",
  bounced: "failed",
  rejected: "rejected",
  pending: "queued",
  queued: "queued",
  todo: "queued",
  waiting: "waiting",
  snoozed: "waiting",
  pending_approval: "waiting_approval",
  approved: "passed",
  sent: "completed",
  delivered: "completed",
  opened: "passed",
  clicked: "passed",
  unknown: "warning",
};

/** The shape for a state as the API names it; anything new is an honest grey ring. */
export const shapeOf = (state: string): Status => shapes[state] ?? "queued";
