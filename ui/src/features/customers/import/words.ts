import type { ImportView } from "../../../gen";
import { t } from "../../../shared/i18n";

/** The state of an import, as people say it. */
export function statusWord(view: ImportView): string {
  if (view.status === "staged") return t("Not started");
  if (view.status === "running") return view.dryRun ? t("Checking") : t("Importing");
  if (view.status === "cancelled") return t("Cancelled");
  if (view.status === "failed") return t("Stopped by a problem");
  return view.dryRun ? t("Checked, not imported") : t("Imported");
}

/** What a code of a rejected row means. */
export function reasonWord(code: string): string {
  const words: Record<string, string> = {
    no_usable_address: t("No usable email or phone"),
    short_row: t("Columns are missing"),
    long_row: t("Too many columns"),
    unclosed_quote: t("A quote is not closed"),
    bad_email: t("Email cannot be sent to"),
    bad_phone: t("Phone number does not exist"),
    bad_decimal: t("Not an amount"),
    bad_number: t("Not a whole number"),
    bad_date: t("Not a date"),
    bad_bool: t("Neither yes nor no"),
    bad_timezone: t("Not a time zone"),
    bad_currency: t("Not a currency"),
    bad_language: t("Not a language"),
    bad_channel: t("Not a channel"),
    too_long: t("Text is too long"),
    duplicate: t("Customer is there already"),
    missing_key: t("No value to recognise the customer by"),
  };
  return words[code] ?? code;
}

/** The fields that a column can fill, grouped for the menu. */
export function targetChoices(): { group: string; items: { value: string; label: string }[] }[] {
  const item = (value: string, label: string) => ({ value, label });
  return [
    {
      group: t("Who"),
      items: [
        item("external_id", t("Customer number")),
        item("name", t("Whole name")),
        item("first_name", t("First name")),
        item("last_name", t("Last name")),
        item("city", t("Town")),
      ],
    },
    {
      group: t("Reached by"),
      items: [
        item("email", t("Email")),
        item("phone", t("Phone")),
        item("preferred_channel", t("Preferred channel")),
        item("preferred_language", t("Language")),
        item("timezone", t("Time zone")),
        item("opted_out", t("Opted out (yes: no messages)")),
        item("opted_in", t("Agreed (yes: messages)")),
        item("push_tokens", t("Device tokens")),
      ],
    },
    {
      group: t("As a customer"),
      items: [
        item("tier", t("Tier")),
        item("client_type", t("Client type")),
        item("preferred_product", t("Product")),
        item("account_balance", t("Balance")),
        item("currency", t("Currency")),
        item("registration_date", t("Registered")),
        item("first_purchase_date", t("First purchase")),
        item("last_purchase_date", t("Last purchase")),
        item("last_order_at", t("Last order")),
        item("is_active", t("Active")),
      ],
    },
  ];
}
