import { t } from "../i18n";
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
    throttleConfig: t("Rate"),
    status: t("Status"),
    approvalStatus: t("Approval"),
    version: t("Version"),
    comment: t("Comment"),
    note: t("Note"),
    winner: t("Winner"),
  })[field] ?? field;

const MOMENT = /^\d{4}-\d\d-\d\dT/;

/** A value in a few words. */
export function brief(value: unknown): string {
  if (value === null || value === undefined || value === "") return t("nothing");
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (typeof value === "string") {
    const text = MOMENT.test(value) ? dayTime(value) : value.replaceAll("_", " ");
    return text.length > 160 ? `${text.slice(0, 157)}…` : text;
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? t("none") : value.map(brief).join(", ");
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
