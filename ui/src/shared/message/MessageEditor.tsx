import { Select, TextInput } from "@mantine/core";
import { type ReactNode, useMemo, useRef } from "react";
import { Fields } from "../form";
import { t } from "../i18n";
import { SectionTitle } from "../ui";
import { InsertField } from "./InsertField";
import classes from "./message.module.css";
import { SmsCounter } from "./SmsCounter";
import { ProblemLines, TemplateField, type TemplateFieldHandle } from "./TemplateField";
import type { MessageCheck, MessageField, MessageText } from "./types";
import { useFields } from "./useMessage";
import { VariablesEditor } from "./VariablesEditor";

interface MessageEditorProps {
  /** "SMS, Swahili". */
  title: string;
  text: MessageText;
  onChange: (text: MessageText) => void;
  check: MessageCheck | undefined;
  hasCode: boolean;
  readOnly?: boolean;
  /** Beside the title: "From English". */
  actions?: ReactNode;
}

const ROUTES = ["Route 1", "Route 2"];

/** Everything that is written for one channel and language. */
export function MessageEditor(props: MessageEditorProps): ReactNode {
  const { text, check, onChange, readOnly } = props;
  const fields = useFields();
  const variables = Object.keys(text.variables);
  const names = useMemo(
    () => [...variables, ...fields.map((field) => field.name), ...(props.hasCode ? ["code"] : [])],
    [variables, fields, props.hasCode],
  );
  const editors = useRef<Partial<Record<MessageField, TemplateFieldHandle | null>>>({});
  const last = useRef<MessageField>(text.channel === "email" ? "htmlBody" : "textBody");
  // A field that is still empty is no mistake: what is missing is said where the message is used.
  const missing = ["missing_subject", "missing_body"];
  const problemsOf = (field: MessageField) =>
    check?.problems.filter(
      (problem) => problem.field === field && !missing.includes(problem.code),
    ) ?? [];
  const set = <F extends keyof MessageText>(field: F, value: MessageText[F]) =>
    onChange({ ...text, [field]: value });
  const field = (
    name: "title" | "preheader" | "textBody" | "htmlBody",
    label: string,
    kind: "text" | "line" | "html",
  ) => (
    <TemplateField
      key={`${text.channel}-${text.locale}-${name}`}
      ref={(handle) => {
        editors.current[name] = handle;
      }}
      label={label}
      kind={kind}
      value={text[name]}
      names={names}
      problems={problemsOf(name)}
      readOnly={readOnly}
      onChange={(value) => set(name, value)}
      onFocus={() => {
        last.current = name;
      }}
    />
  );
  return (
    <section className={classes.message} aria-label={props.title}>
      <SectionTitle
        title={props.title}
        aside={
          <span style={{ display: "flex", gap: 4 }}>
            {props.actions}
            <InsertField
              fields={fields}
              variables={variables}
              hasCode={props.hasCode}
              disabled={readOnly}
              onInsert={(snippet) =>
                (editors.current[last.current] ?? editors.current.textBody)?.insert(snippet)
              }
            />
          </span>
        }
      />
      {text.channel === "sms" && (
        <Fields min={180}>
          <div>
            <TextInput
              label={t("Sender id")}
              value={text.title}
              maxLength={20}
              readOnly={readOnly}
              error={problemsOf("title").some((one) => one.severity === "error")}
              rightSection={
                <span className={classes.inside}>{`${[...text.title].length}/11`}</span>
              }
              rightSectionWidth={52}
              onChange={(event) => set("title", event.currentTarget.value)}
            />
            <ProblemLines problems={problemsOf("title")} />
          </div>
          <Select
            label={t("Route")}
            data={[{ value: "", label: t("The usual route") }, ...ROUTES]}
            value={text.smsRoute ?? ""}
            readOnly={readOnly}
            onChange={(value) => set("smsRoute", value || null)}
          />
        </Fields>
      )}
      {text.channel === "email" && field("title", t("Subject"), "line")}
      {text.channel === "email" &&
        field("preheader", t("Preheader, shown beside the subject"), "line")}
      {text.channel === "email" && field("htmlBody", t("Mail (HTML)"), "html")}
      {text.channel === "push" && field("title", t("Title"), "line")}
      {field(
        "textBody",
        text.channel === "email" ? t("Text alternative, made from the mail when empty") : t("Text"),
        "text",
      )}
      {text.channel === "sms" && check?.sms && (
        <SmsCounter
          count={check.sms}
          sender={text.title}
          onReplace={
            readOnly
              ? undefined
              : (pairs) =>
                  set(
                    "textBody",
                    pairs.reduce((all, [from, to]) => all.replaceAll(from, to), text.textBody),
                  )
          }
        />
      )}
      <div>
        <SectionTitle
          title={t("Variables")}
          aside={t("The same for everybody who gets this text")}
        />
        <VariablesEditor
          value={text.variables}
          readOnly={readOnly}
          onChange={(value) => set("variables", value)}
        />
        <ProblemLines problems={[...problemsOf("variables"), ...problemsOf("locale")]} />
      </div>
    </section>
  );
}
