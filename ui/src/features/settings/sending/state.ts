import type { ProviderView } from "../../../gen";
import { t } from "../../../shared/i18n";
import type { Status } from "../../../shared/ui";

interface ProviderState {
  status: Status;
  label: string;
  /** What happened, where somebody should know. */
  why?: string;
}

/** What a provider does now. */
export function stateOf(row: ProviderView): ProviderState {
  const why = row.stateReason ?? undefined;
  if (!row.isActive) return { status: "draft", label: t("Off") };
  if (row.state === "paused")
    return { status: "paused", label: t("Paused"), why: why ?? t("Too many messages failed.") };
  if (row.state !== "ok")
    return { status: "waiting", label: t("Resting"), why: why ?? t("It is tried again soon.") };
  const { used, messagesPerHour: anHour, todaysLimit: aDay } = row;
  const isFull = (sent: number | undefined, limit: number | null | undefined) =>
    limit != null && (sent ?? 0) >= limit;
  if (isFull(used?.day, aDay) || isFull(used?.hour, anHour))
    return { status: "waiting", label: t("Limit reached") };
  return { status: "passed", label: t("In use") };
}
