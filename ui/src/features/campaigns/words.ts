import { t, tc } from "../../shared/i18n";
import type { Status } from "../../shared/ui";
import type { AbTest, Campaign, StepKey, UnknownPolicy } from "./types";

export const steps = (): { key: StepKey; label: string }[] => [
  { key: "details", label: t("Details") },
  { key: "audience", label: t("Audience") },
  { key: "offers", label: t("Offers per segment") },
  { key: "content", label: t("Content & A/B test") },
  { key: "schedule", label: t("Schedule & throttle") },
  { key: "review", label: t("Review & submit") },
];

type States = Pick<Campaign, "status" | "approvalStatus">;

/** A draft that waits for a signature, or was refused one, says so instead. */
export function statusShape({ status, approvalStatus }: States): Status {
  if (status === "draft" && approvalStatus === "pending") return "waiting_approval";
  if (status === "draft" && approvalStatus === "rejected") return "rejected";
  return status;
}

export function statusWord(states: States): string | undefined {
  if (states.status === "draft" && states.approvalStatus === "approved") return t("Approved");
  return undefined;
}

/** What a test compares. */
export const criterionWord = (criteria: AbTest["winnerCriteria"]): string =>
  ({
    open_rate: tc("a column", "Open rate"),
    click_rate: tc("a column", "Click rate"),
    conversion_rate: tc("a column", "Conversion rate"),
    revenue: t("Revenue per message"),
  })[criteria];

/** What a test counts for that. */
export const criterionCount = (criteria: AbTest["winnerCriteria"]): string =>
  ({
    open_rate: t("Opened"),
    click_rate: t("Clicked"),
    conversion_rate: t("Redeemed"),
    revenue: t("Revenue"),
  })[criteria];

export const typeWord = (type: string): string =>
  ({
    one_time: t("One time"),
    recurring: t("Recurring"),
    triggered: t("Triggered"),
    plan: t("Plan"),
  })[type] ?? type;

/** What becomes of messages of which nobody knows whether they arrived. */
export const unknownPolicyWord = (policy: UnknownPolicy): string =>
  policy === "resend" ? t("Send once more") : t("Wait for a decision");

export const stageWord = (code: string, name: string): string =>
  ({
    "campaign-activation": t("Activation"),
    "segment-evaluation": t("Segment"),
    "customer-profile-fetch": t("Profiles"),
    "offer-selection": t("Offers"),
    "creative-selection": t("Creatives"),
    "creative-rendering": t("Rendering"),
    "message-delivery": t("Delivery"),
    "reward-distribution": t("Rewards"),
    "analytics-tracking": t("Analytics"),
  })[code] ?? name;

/** What the server looked at before a start and found good, in the language in use. */
export const checkWord = (check: string): string =>
  ({
    "a provider carries it": t("a provider carries it"),
    "audience not empty": t("audience not empty"),
    "every segment has an offer that can be sent": t("every segment has an offer that can be sent"),
    "the text has no mistakes": t("the text has no mistakes"),
  })[check] ?? check;

export const recipientWord = (status: string): string =>
  ({
    pending: tc("one message", "Pending"),
    sent: tc("one message", "Sent"),
    delivered: tc("one message", "Delivered"),
    opened: tc("one message", "Opened"),
    clicked: tc("one message", "Clicked"),
    bounced: tc("one message", "Bounced"),
    failed: tc("one message", "Failed"),
    skipped: tc("one message", "Skipped"),
    suppressed: tc("one message", "Suppressed"),
    cancelled: tc("one message", "Cancelled"),
    unknown: tc("one message", "Unknown"),
  })[status] ?? status;

/** What somebody did with a message: "Opened". */
export const eventWord = (kind: string): string =>
  ({
    delivered: tc("one message", "Delivered"),
    bounced: tc("one message", "Bounced"),
    opened: tc("a customer", "Opened"),
    clicked: tc("a customer", "Clicked"),
    replied: tc("a customer", "Replied"),
    redeemed: tc("a customer", "Redeemed"),
    unsubscribed: t("Unsubscribed"),
    complained: t("Marked as spam"),
    converted: t("Bought"),
  })[kind] ?? kind;

export const actionWord = (action: string): string =>
  ({
    "campaign.created": t("Created"),
    "campaign.duplicated": t("Created as a copy"),
    "campaign.updated": t("Changed"),
    "campaign.submitted": t("Submitted for approval"),
    "campaign.withdrawn": t("Withdrawn from approval"),
    "campaign.approved": t("Approved"),
    "campaign.rejected": t("Rejected"),
    "campaign.scheduled": t("Scheduled"),
    "campaign.unscheduled": t("Taken off the schedule"),
    "campaign.started": t("Started"),
    "campaign.paused": t("Paused"),
    "campaign.resumed": t("Resumed"),
    "campaign.cancelled": t("Cancelled"),
    "campaign.completed": t("Completed"),
    "campaign.failed": t("Failed"),
    "campaign.archived": t("Archived"),
    "campaign.unarchived": t("Taken out of the archive"),
    "campaign.test_sent": t("Test message sent"),
    "campaign.winner_declared": t("Winner declared"),
    "campaign.messages_requeued": t("Undelivered messages sent again"),
    "campaign.sent_again_after_absence": t("Sent again to people who were away"),
    "campaign.dead_letters_discarded": t("Undelivered messages discarded"),
    "campaign.run_completed": t("Run completed"),
    "campaign.run_failed": t("Run failed"),
    "campaign.end_reached": t("Completed at its end"),
    "campaign.occurrence_left_out": t("Run left out"),
    "campaign.start_refused": t("Could not start"),
    "campaign.retries_hurried": t("Next tries made sooner"),
  })[action] ?? action.replace("campaign.", "").replaceAll("_", " ");
