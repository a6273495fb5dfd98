import { TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { t } from "../../../shared/i18n";
import {
  emptyMessage,
  MessagePreview,
  type MessageProblem,
  type MessageText,
  PreviewAs,
  useCheck,
} from "../../../shared/message";
import { SmsCounter } from "../../../shared/message/SmsCounter";
import { TemplateField } from "../../../shared/message/TemplateField";
import { useFields } from "../../../shared/message/useMessage";
import classes from "../campaigns.module.css";
import type { CampaignChannel, InlineContent } from "../types";

interface InlineTextProps {
  channel: Exclude<CampaignChannel, "multi">;
  value: InlineContent;
  readOnly: boolean;
  onChange: (value: InlineContent) => void;
}

/** The campaign's own message beside what a customer makes of it. */
export function InlineText({ channel, value, readOnly, onChange }: InlineTextProps): ReactNode {
  const [customer, setCustomer] = useState<number | null>(null);
  const text: MessageText = {
    ...emptyMessage(channel, "en"),
    title: value.subject,
    preheader: value.preheader,
    textBody: value.textBody,
    htmlBody: value.htmlBody,
  };
  const check = useCheck(text, false);
  const names = useFields().map((field) => field.name);
  const problems = (field: MessageProblem["field"]) =>
    check?.problems.filter((one) => one.field === field) ?? [];
  const mail = channel === "email";
  const field = (
    name: keyof InlineContent,
    problemsOf: MessageProblem["field"],
    label: string,
    kind: "text" | "line" | "html",
  ) => (
    <TemplateField
      key={`${channel}-${name}`}
      label={label}
      kind={kind}
      value={value[name]}
      names={names}
      problems={problems(problemsOf)}
      readOnly={readOnly}
      onChange={(next) => onChange({ ...value, [name]: next })}
    />
  );
  return (
    <div className={classes.columns}>
      <section className={classes.column} aria-label={t("Text")}>
        {channel === "sms" && (
          <TextInput
            label={t("Sender id")}
            description={t("At most 11 characters; the route’s own where empty")}
            maxLength={12}
            value={value.subject}
            error={problems("title")[0]?.message}
            onChange={(event) => onChange({ ...value, subject: event.currentTarget.value })}
          />
        )}
        {mail && field("subject", "title", t("Subject"), "line")}
        {mail && field("preheader", "preheader", t("Preheader, shown beside the subject"), "line")}
        {channel === "push" && field("subject", "title", t("Title"), "line")}
        {mail && field("htmlBody", "htmlBody", t("Mail (HTML)"), "html")}
        {field(
          "textBody",
          "textBody",
          mail ? t("Text alternative, made from the mail when empty") : t("Text"),
          "text",
        )}
        {channel === "sms" && check?.sms && <SmsCounter count={check.sms} sender={value.subject} />}
      </section>
      <aside className={classes.column}>
        <PreviewAs value={customer} onChange={setCustomer} />
        <MessagePreview text={text} customerId={customer} code="" />
      </aside>
    </div>
  );
}
