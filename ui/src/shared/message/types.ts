import type { ChannelName } from "../ui";

/** A message as it is written: a creative of an offer, a template, or inline content. */
export interface MessageText {
  channel: ChannelName;
  /** `en`, `sw`, `fr-CD` … */
  locale: string;
  /** Sender id of an SMS, subject of a mail, title of a push notification. */
  title: string;
  preheader: string;
  textBody: string;
  htmlBody: string;
  variables: Record<string, string | number | boolean>;
  smsRoute: string | null;
}

export type MessageField = "title" | "preheader" | "textBody" | "htmlBody" | "locale" | "variables";

/** Something wrong; line and columns count characters from 1. */
export interface MessageProblem {
  field: MessageField;
  severity: "error" | "warning";
  code: string;
  message: string;
  line: number | null;
  column: number | null;
  endLine: number | null;
  endColumn: number | null;
  suggestion: string | null;
}

export interface SmsCount {
  encoding: "GSM-7" | "UCS-2";
  characters: number;
  totalChars: number;
  units: number;
  parts: number;
  unitsPerPart: number;
  remaining: number;
  foreign: { character: string; position: number; replacement: string | null }[];
}

export interface VariableUse {
  name: string;
  source: "customer" | "attribute" | "static" | "message" | "unknown";
  hasDefault: boolean;
}

export interface MessageCheck {
  usable: boolean;
  problems: MessageProblem[];
  variables: VariableUse[];
  sms: SmsCount | null;
}

export interface Preview {
  customerId: number | null;
  customerName: string | null;
  channel: ChannelName;
  locale: string;
  sender: string | null;
  subject: string | null;
  preheader: string | null;
  text: string | null;
  html: string | null;
  sms: SmsCount | null;
}

export interface InsertableField {
  name: string;
  label: string;
  group: "customer" | "attribute" | "message";
  kind: "text" | "money" | "date";
}

export const emptyMessage = (channel: ChannelName, locale: string): MessageText => ({
  channel,
  locale,
  title: "",
  preheader: "",
  textBody: "",
  htmlBody: "",
  variables: {},
  smsRoute: null,
});

/** "English", "Kiswahili", "fr-CD" where the browser knows no name. */
export function languageName(locale: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(locale) ?? locale;
  } catch {
    return locale;
  }
}
