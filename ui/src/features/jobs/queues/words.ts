import type { DeadLetterGroup, WaitingGroup } from "../../../gen";
import { t } from "../../../shared/i18n";
import { channelLabel, type Status } from "../../../shared/ui";

type Letters = Pick<DeadLetterGroup, "why" | "code">;

/** What went wrong, as a sentence without a full stop. */
export function whyWord({ why, code }: Letters): string {
  const full = code === "5.2.2" || code === "4.2.2";
  return {
    bad_address: t("The address does not exist"),
    content: t("Refused for what the message says"),
    blocked: t("Refused by the receiver’s rules"),
    refused: full ? t("The mailbox is full") : t("Refused for good"),
    out_of_tries: full ? t("The mailbox stayed full") : t("Put off at every try"),
    no_answer: t("Unknown: the answer was lost"),
    in_flight: t("Unknown: in flight when Muster stopped"),
  }[why];
}

/** What deciding about them needs to know. */
export function adviceWord({ why, channel }: DeadLetterGroup): string {
  switch (why) {
    case "bad_address":
      return channel === "email"
        ? t(
            "The addresses have been on the suppression list since then. Sent again, these messages end as suppressed unless the addresses are taken off it.",
          )
        : t("Correct these customers’ numbers first, then send again.");
    case "content":
      return t("Sent again they say the same, and may be refused again.");
    case "blocked":
      return t(
        "Look at what was said below, and clear it with whoever refuses before you send again.",
      );
    case "refused":
      return t("Look at what was said below before you send again.");
    case "out_of_tries":
      return t("The receivers kept asking for more time. Sending again later often helps.");
    case "no_answer":
      return t(
        "The connection was lost before the provider answered. Whether these messages arrived cannot be told; sent again, some people may get one twice.",
      );
    case "in_flight":
      return t(
        "Muster stopped while these messages were on their way. Whether they arrived cannot be told; sent again, some people may get one twice.",
      );
  }
}

export const shapeOfLetters = (group: Pick<DeadLetterGroup, "isUnknown">): Status =>
  group.isUnknown ? "warning" : "failed";

const kindWord = (kind: string): string =>
  ({
    smtp: "SMTP",
    twilio: "Twilio",
    africas_talking: "Africa’s Talking",
    http: "HTTP",
    sandbox: t("Test inbox"),
    pool: t("Several providers"),
  })[kind] ?? kind.replaceAll("_", " ");

/** The same for a group that is gone: its cause still says it. */
export function whyOf(cause: string): string | undefined {
  const [why, , , code] = cause.split(":");
  return whyWord({ why: why as DeadLetterGroup["why"], code });
}

/** The same in two lines: what it comes to, and how. */
export function briefly(group: DeadLetterGroup): { title: string; text: string } {
  if (!group.isUnknown) return { title: whyWord(group), text: wayWord(group) };
  const how = {
    in_flight: t("in flight when Muster stopped"),
    no_answer: t("the answer was lost"),
  }[group.why as "in_flight" | "no_answer"];
  return { title: t("Unknown: may have arrived"), text: how };
}

/** "Email · SMTP · 5.7.1" */
export const wayWord = (group: DeadLetterGroup): string =>
  [
    group.channel ? channelLabel(group.channel) : undefined,
    group.providerKind ? kindWord(group.providerKind) : undefined,
    group.code,
  ]
    .filter(Boolean)
    .join(" · ");

export const shapeOfWaiting = (group: Pick<WaitingGroup, "cause">): Status =>
  group.cause === "retry"
    ? "retrying"
    : ["requeued", "returned"].includes(group.cause)
      ? "queued"
      : "waiting";
