import type { ProviderView } from "../../../gen";
import { timeSeconds } from "../../../shared/format";
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
  if (row.state === "resting") return { status: "waiting", label: t("Resting"), why: resting(row) };
  if (row.state === "trying")
    return { status: "retrying", label: t("Tried next"), why: trying(row) };
  if (isFull(row)) return { status: "waiting", label: t("Limit reached") };
  return { status: "passed", label: t("In use") };
}

/** Whether it has sent what it may, in this hour or day: others stand in, or its messages wait. */
export function isFull(
  row: Partial<Pick<ProviderView, "used" | "messagesPerHour" | "todaysLimit">>,
): boolean {
  const reached = (sent: number | undefined, limit: number | null | undefined) =>
    limit != null && (sent ?? 0) >= limit;
  return reached(row.used?.day, row.todaysLimit) || reached(row.used?.hour, row.messagesPerHour);
}

/** What it said last, to stand within a sentence. */
const said = (row: ProviderView) => (row.stateReason ?? "").replace(/\.$/, "");

/** Why it was at rest; what becomes of the next messages decides. */
const trying = (row: ProviderView): string =>
  t("It failed everything: {why}. It is tried again with the next messages.", { why: said(row) });

/** Why it rests, and until when. */
function resting(row: ProviderView): string {
  const why = said(row);
  const until = row.stateAt ? timeSeconds(row.stateAt) : "";
  return t(
    "It failed everything: {why}. It is tried again at {time}, and others stand in until then.",
    {
      why,
      time: until,
    },
  );
}
