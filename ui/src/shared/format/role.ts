import { t } from "../i18n";

/** "Sales rep" for `sales_rep`. */
export const roleLabel = (role: string): string =>
  ({
    admin: t("Administrator"),
    manager: t("Manager"),
    approver: t("Approver"),
    sales_rep: t("Sales rep"),
    viewer: t("Viewer"),
  })[role] ?? role;
