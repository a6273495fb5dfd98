import type { ReactNode } from "react";
import { t } from "../i18n";

const colours: Record<string, string> = {
  INTERESTED: "var(--m-good-dot)",
  NEEDS_MORE_INFO: "var(--m-info-dot)",
  ESCALATE_UNCLEAR: "var(--m-warn-dot)",
  NO_ACTIVE_PROFILE: "var(--m-series3)",
  UNSUBSCRIBE: "var(--m-bad-dot)",
  BOUNCE: "var(--m-bad-dot)",
};

export const dispositions = (): { value: string; label: string }[] => [
  { value: "INTERESTED", label: t("Interested") },
  { value: "NEEDS_MORE_INFO", label: t("Needs more info") },
  { value: "ESCALATE_UNCLEAR", label: t("Unclear") },
  { value: "NO_ACTIVE_PROFILE", label: t("No active profile") },
  { value: "NOT_INTERESTED", label: t("Not interested") },
  { value: "OUT_OF_OFFICE", label: t("Out of office") },
  { value: "UNSUBSCRIBE", label: t("Unsubscribed") },
  { value: "BOUNCE", label: t("Bounced") },
];

export const dispositionLabel = (value: string): string =>
  dispositions().find((one) => one.value === value)?.label ?? value;

/** What a reply means: a dot and words. */
export function Disposition({ of }: { of: string }): ReactNode {
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 6, minWidth: 0 }}>
      <span
        aria-hidden
        style={{
          width: 7,
          height: 7,
          borderRadius: "50%",
          flex: "none",
          background: colours[of] ?? "var(--m-series-rest)",
        }}
      />
      <span className="ellipsis">{dispositionLabel(of)}</span>
    </span>
  );
}
