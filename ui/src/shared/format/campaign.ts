import { t } from "../i18n";

/** "Upsell & cross-sell" for `upsell_cross_sell`. */
export const objectiveLabel = (objective: string): string =>
  ({
    acquisition: t("Acquisition"),
    retention: t("Retention"),
    churn_prevention: t("Churn prevention"),
    upsell_cross_sell: t("Upsell & cross-sell"),
    reactivation: t("Reactivation"),
  })[objective] ?? objective;
