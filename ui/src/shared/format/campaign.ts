import { t } from "../i18n";
import { channelLabel } from "../ui/Channel";
import { dayTime, number } from ".";

/** "Upsell & cross-sell" for `upsell_cross_sell`. */
export const objectiveLabel = (objective: string): string =>
  ({
    acquisition: t("Acquisition"),
    retention: t("Retention"),
    churn_prevention: t("Churn prevention"),
    upsell_cross_sell: t("Upsell & cross-sell"),
    reactivation: t("Reactivation"),
  })[objective] ?? objective;

/** What a field of a campaign is called in histories and comparisons. */
export const fieldWord = (field: string): string =>
  ({
    name: t("Name"),
    description: t("Description"),
    objective: t("Objective"),
    channel: t("Channel"),
    type: t("Type"),
    segments: t("Segments"),
    excludeSegments: t("Excluded segments"),
    controlPercent: t("Control group"),
    targetingType: t("Offer targeting"),
    offers: t("Offers"),
    templateId: t("Template"),
    content: t("Text"),
    settings: t("Sender and tracking"),
    abTestConfig: t("A/B test"),
    scheduledAt: t("Start"),
    endAt: t("End"),
    timezone: t("Timezone"),
    misfireRule: t("If closed then"),
    recurringSchedule: t("Recurrence"),
    deliveryMode: t("Delivery"),
    unknownPolicy: t("If in doubt"),
    throttleConfig: t("Rate"),
    status: t("Status"),
    approvalStatus: t("Approval"),
    version: t("Version"),
    comment: t("Comment"),
    note: t("Note"),
    winner: t("Winner"),
    recipients: t("Recipients"),
    control: t("Control group"),
    approvals: t("Approvals given"),
    requiredApprovals: t("Approvals needed"),
    messages: t("Messages"),
    run: t("Run"),
    cause: t("Cause"),
    reason: t("Why"),
    dueAt: t("Planned for"),
    next: t("Next"),
    occurrences: t("Runs left out"),
    occurrencesLeftOut: t("Runs left out"),
    unsent: t("Messages not sent"),
    onTheirWay: t("On their way at that moment"),
  })[field] ?? plain(field);

/** What the API calls a choice, as people say it. */
const choiceWord = (field: string, value: string): string | undefined => {
  if (field === "objective") return objectiveLabel(value);
  if (field === "channel") return channelLabel(value);
  const words: Record<string, string> = {
    draft: t("Draft"),
    scheduled: t("Scheduled"),
    running: t("Running"),
    paused: t("Paused"),
    completed: t("Completed"),
    cancelled: t("Cancelled"),
    failed: t("Failed"),
    not_submitted: t("Not submitted"),
    pending: t("Waiting for approval"),
    approved: t("Approved"),
    rejected: t("Rejected"),
    one_time: t("One time"),
    recurring: t("Recurring"),
    bulk: t("Bulk"),
    outreach: t("Outreach"),
    hold: t("Wait for a decision"),
    resend: t("Send once more"),
    run: t("Run late"),
    skip: t("Skip"),
    multiple_target_group: t("All mapped offers"),
    round_robin: t("Round robin"),
    multiple_level: t("By customer state"),
    champion_challenger: t("Champion / challenger"),
  };
  return CHOICES.has(field) ? words[value] : undefined;
};
const CHOICES = new Set([
  "status",
  "approvalStatus",
  "type",
  "deliveryMode",
  "misfireRule",
  "unknownPolicy",
  "targetingType",
]);

const MOMENT = /^\d{4}-\d\d-\d\dT/;

/** The value of a field in a few words. */
export function brief(value: unknown, field = ""): string {
  if (value === null || value === undefined || value === "") return t("nothing");
  if (typeof value === "number") return field.endsWith("Percent") ? `${value}%` : number(value);
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (typeof value === "string") {
    const word = choiceWord(field, value);
    if (word) return word;
    const text = MOMENT.test(value) ? dayTime(value) : value.replaceAll("_", " ");
    return text.length > 160 ? `${text.slice(0, 157)}…` : text;
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? t("none") : value.map((one) => brief(one)).join(", ");
  }
  const object = value as Record<string, unknown>;
  if (typeof object.name === "string") return object.name;
  const parts = Object.entries(object).filter(([, inner]) => inner !== null && inner !== "");
  return parts.length === 0
    ? t("nothing")
    : parts.map(([key, inner]) => `${plain(key)} ${brief(inner)}`).join(" · ");
}

/** "messagesPerHour" → "messages per hour". */
const plain = (key: string) => key.replace(/([A-Z])/g, " $1").toLowerCase();
