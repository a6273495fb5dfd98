import { t } from "../../../shared/i18n";
import type { Status } from "../../../shared/ui";
import type { SketchNode, SketchTransition } from "./sketch";
import { spanWord } from "./span";
import type { PlanSummary } from "./types";

/** A draft that waits for a signature, or was refused one, says so instead. */
export function statusShape({ status, approvalStatus }: PlanSummary): Status {
  if (status === "draft" && approvalStatus === "pending") return "waiting_approval";
  if (status === "draft" && approvalStatus === "rejected") return "rejected";
  return status;
}

export const statusWord = ({ status, approvalStatus }: PlanSummary): string | undefined =>
  status === "draft" && approvalStatus === "approved" ? t("Approved") : undefined;

/** Nobody can be on the way in it any more. */
export const isOver = (status: PlanSummary["status"]): boolean =>
  ["completed", "cancelled", "failed"].includes(status);

export const actionWord = (action: string): string =>
  ({
    send: t("Send a message"),
    wait: t("Wait"),
    stop: t("Stop"),
    branch: t("Ask a question"),
    update_customer: t("Change the customer"),
    create_card: t("Create a card"),
    webhook: t("Call a program"),
  })[action] ?? action;

export const eventWord = (event: string): string =>
  ({
    opened: t("opened"),
    clicked: t("clicked"),
    replied: t("answered"),
    bounced: t("came back"),
    unsubscribed: t("unsubscribed"),
    delivered: t("delivered"),
    converted: t("bought"),
    no_open: t("not opened"),
    no_click: t("not clicked"),
    no_reply: t("not answered"),
    done: t("done"),
    not_sent: t("not sent"),
    yes: t("yes"),
    no: t("no"),
  })[event] ?? event;

/** "opened within 3 days", "not opened for 3 days". */
export function transitionWord({ on, within, after }: SketchTransition): string {
  const event = eventWord(on);
  if (within) return t("{event} within {time}", { event, time: spanWord(within) });
  if (after) return t("{event} for {time}", { event, time: spanWord(after) });
  return event;
}

/** When the action of a node is due; empty: at once. */
export function whenWord({ delay, time }: Pick<SketchNode, "delay" | "time">): string {
  const isLate = delay !== undefined && !/^P(T?0[WDHMS])+$/.test(delay);
  if (isLate && time) return t("after {time}, at {clock}", { time: spanWord(delay), clock: time });
  if (isLate) return t("after {time}", { time: spanWord(delay) });
  return time ? t("at {clock}", { clock: time }) : "";
}

/** What a node says of itself below its name. */
export function nodeText(node: SketchNode): string {
  const what = node.subject ?? node.title ?? node.condition ?? node.body?.split("\n")[0];
  return [what ?? actionWord(node.action), whenWord(node)].filter(Boolean).join(" · ");
}

export const contactWord = (status: string): string =>
  ({
    active: t("On the way"),
    completed: t("At the end"),
    stopped: t("At a stop"),
    exited: t("Left the plan"),
  })[status] ?? status;

export const contactShape = (status: string): Status =>
  ({
    active: "running" as const,
    completed: "completed" as const,
    stopped: "completed" as const,
    exited: "cancelled" as const,
  })[status] ?? "queued";
