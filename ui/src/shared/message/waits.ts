import { t } from "../i18n";

/** What a message waits for. */
export const waitsWord = (cause: string): string =>
  ({
    retry: t("Waits for its next try"),
    requeued: t("Sent again by hand"),
    returned: t("Goes next"),
    quiet_hours: t("Waits for the end of quiet hours"),
    domain_limit: t("Waits for a receiver’s limit"),
    in_doubt: t("Goes once more: may have arrived"),
    ab_test: t("Waits for the winner"),
  })[cause] ?? cause.replaceAll("_", " ");
