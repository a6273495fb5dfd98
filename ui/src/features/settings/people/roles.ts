import type { Role } from "../../../shared/api";
import { t } from "../../../shared/i18n";

/** What each role is for, in the order of what it may do. */
export const roleChoices = (): { value: Role; label: string; text: string }[] => [
  { value: "admin", label: t("Administrator"), text: t("Everything, jobs and settings too.") },
  { value: "manager", label: t("Manager"), text: t("Builds and runs campaigns.") },
  { value: "approver", label: t("Approver"), text: t("Signs campaigns and offers off.") },
  { value: "sales_rep", label: t("Sales rep"), text: t("Works the board and answers replies.") },
  { value: "viewer", label: t("Viewer"), text: t("Reads, and changes nothing.") },
];

export const roleLabel = (role: string): string =>
  roleChoices().find((choice) => choice.value === role)?.label ?? role;
