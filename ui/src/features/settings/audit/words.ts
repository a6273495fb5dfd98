import { t } from "../../../shared/i18n";

/** What entries are about, by their names in the log. */
export const objectChoices = (): { value: string; label: string }[] => [
  { value: "campaign", label: t("Campaign") },
  { value: "offer", label: t("Offer") },
  { value: "template", label: t("Template") },
  { value: "segment", label: t("Segment") },
  { value: "customer", label: t("Customer") },
  { value: "approval", label: t("Approval") },
  { value: "job", label: t("Job") },
  { value: "card", label: t("Card") },
  { value: "provider", label: t("Provider") },
  { value: "mailbox", label: t("Mailbox") },
  { value: "policy", label: t("Policy") },
  { value: "workspace", label: t("Workspace") },
  { value: "user", label: t("Person") },
  { value: "token", label: t("API token") },
];

export const objectLabel = (type: string): string =>
  objectChoices().find((choice) => choice.value === type)?.label ?? type.replaceAll("_", " ");

/** "campaign.approved" → "Approved". */
export function actionLabel(action: string): string {
  const words = (action.split(".").at(-1) ?? action).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The fields that differ between two states, as short texts. */
export function changes(
  before: unknown,
  after: unknown,
): { field: string; before: string; after: string }[] {
  const old = flat(before);
  const now = flat(after);
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return fields
    .filter((field) => old[field] !== now[field] && field !== "updatedAt")
    .map((field) => ({ field, before: old[field] ?? "", after: now[field] ?? "" }));
}

function flat(state: unknown, path = ""): Record<string, string> {
  if (state === null || state === undefined) return {};
  if (typeof state !== "object" || Array.isArray(state)) {
    return { [path || "value"]: typeof state === "string" ? state : JSON.stringify(state) };
  }
  return Object.assign(
    {},
    ...Object.entries(state).map(([key, value]) => flat(value, path ? `${path}.${key}` : key)),
  );
}
