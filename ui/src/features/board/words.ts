import { duration } from "../../shared/format";
import { t } from "../../shared/i18n";
import type { CardStatus, Priority } from "./types";

export const columnLabel = (status: CardStatus): string =>
  ({
    todo: t("To do"),
    in_progress: t("In progress"),
    waiting: t("Waiting"),
    done: t("Done"),
  })[status];

/** "account_manager" → "Account manager"; queues that people made keep their own name. */
export function queueLabel(queue: string): string {
  const known: Record<string, string> = {
    sales: t("Sales"),
    account_manager: t("Account manager"),
    sales_admin: t("Sales admin"),
    sales_manager: t("Sales manager"),
  };
  const plain = queue.replaceAll("_", " ");
  return known[queue] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

export const priorityLabel = (priority: Priority): string =>
  ({ low: t("Low"), medium: t("Medium"), high: t("High") })[priority];

export const lostReasons = () => [
  { value: "price", label: t("Price") },
  { value: "competitor", label: t("Went elsewhere") },
  { value: "not_now", label: t("Not now") },
  { value: "no_answer", label: t("No answer") },
  { value: "not_a_fit", label: t("Does not fit") },
  { value: "other", label: t("Another reason") },
];

/** "First answer, target 1 h" */
export const targetText = (minutes: number): string =>
  t("First answer, target {time}", { time: duration(minutes * 60_000) });

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * What was done to a card, in the language in use; the server's own words for what is new here. Stands after the name of
 * whoever did it.
 */
export function historyText(
  body: string,
  data: Record<string, unknown> | null,
  author: string | null,
): string {
  switch (data?.action) {
    case "created":
      return t("made this card");
    case "routed":
      return t("sent to {queue}, {priority}", {
        queue: queueLabel(text(data.queue)),
        priority: priorityLabel(data.priority as Priority).toLowerCase(),
      });
    case "moved":
      return t("moved it to {column}", { column: columnLabel(data.to as CardStatus) });
    case "assigned":
      if (!data.to) return t("took the owner away");
      return data.name === author
        ? t("took it over")
        : t("gave it to {name}", { name: text(data.name) });
    case "replied_again":
      return t("the customer wrote again");
    case "woke":
      return t("back from its snooze");
    case "requeued":
      return t("moved from {from} to {to}", {
        from: queueLabel(text(data.from)),
        to: queueLabel(text(data.to)),
      });
    default:
      return body;
  }
}
