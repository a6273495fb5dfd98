import { t } from "../../../shared/i18n";

export type ProviderKind = "smtp" | "twilio" | "africas_talking" | "http" | "sandbox";

interface KindChoice {
  kind: ProviderKind;
  label: string;
  /** In tables. */
  short: string;
  channels: string[];
  /** What its secret is called; none for kinds without one. */
  secret?: string;
}

/** What can be added, by what people look for. */
export const kindChoices = (): KindChoice[] => [
  {
    kind: "smtp",
    label: t("Email relay (SMTP)"),
    short: "SMTP",
    channels: ["email"],
    secret: t("Password"),
  },
  {
    kind: "twilio",
    label: t("SMS by Twilio"),
    short: "Twilio",
    channels: ["sms"],
    secret: t("Auth token"),
  },
  {
    kind: "africas_talking",
    label: t("SMS by Africa’s Talking"),
    short: "Africa’s Talking",
    channels: ["sms"],
    secret: t("API key"),
  },
  {
    kind: "http",
    label: t("Another gateway over HTTP"),
    short: t("HTTP gateway"),
    channels: ["sms", "whatsapp", "push"],
    secret: t("Key for {{secret}}"),
  },
  {
    kind: "sandbox",
    label: t("Test inbox, told to be slow or to fail"),
    short: t("Test inbox"),
    channels: ["email", "sms", "whatsapp", "push"],
  },
];

export const kindOf = (kind: string): KindChoice =>
  kindChoices().find((choice) => choice.kind === kind) ?? {
    kind: "sandbox",
    label: kind,
    short: kind,
    channels: ["email"],
  };

/** The port that usually goes with a security. */
export const usualPort = (security: string): number =>
  ({ starttls: 587, tls: 465, none: 25 })[security] ?? 587;
