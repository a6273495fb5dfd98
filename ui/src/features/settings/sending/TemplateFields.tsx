import { Select, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { Fields } from "../../../shared/form";
import { t } from "../../../shared/i18n";

interface Template {
  url: string;
  method: string;
  headers: [string, string][];
  contentType: string;
  body: string;
  success: { status?: number[]; pointer?: string | null; equals?: string[] };
  messageIdPointer?: string | null;
  errorPointer?: string | null;
}

interface TemplateFieldsProps {
  template: unknown;
  error?: string;
  onChange: (template: Template) => void;
}

const headerLines = (headers: [string, string][]) =>
  headers.map(([name, value]) => `${name}: ${value}`).join("\n");

const readHeaders = (text: string): [string, string][] =>
  text.split("\n").flatMap((line): [string, string][] => {
    const at = line.indexOf(":");
    return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1).trim()]] : [];
  });

/** The request to a gateway, described: placeholders in double braces. */
export function TemplateFields({ template, error, onChange }: TemplateFieldsProps): ReactNode {
  const now = template as Template;
  const set = (change: Partial<Template>) => onChange({ ...now, ...change });
  const pointer = (text: string) => text.trim() || null;
  return (
    <>
      <Fields min={150}>
        <Select
          label={t("Method")}
          allowDeselect={false}
          data={["POST", "PUT", "GET"]}
          value={now.method}
          onChange={(method) => method && set({ method })}
        />
        <Select
          label={t("Kind of body")}
          allowDeselect={false}
          data={[
            { value: "application/json", label: "JSON" },
            { value: "application/x-www-form-urlencoded", label: t("Form") },
            { value: "application/xml", label: "XML" },
            { value: "text/plain", label: t("Plain text") },
          ]}
          value={now.contentType}
          onChange={(contentType) => contentType && set({ contentType })}
        />
      </Fields>
      <TextInput
        label={t("Address")}
        error={error}
        value={now.url}
        onChange={(event) => set({ url: event.currentTarget.value })}
      />
      <Textarea
        label={t("Headers, one a line")}
        autosize
        minRows={1}
        defaultValue={headerLines(now.headers)}
        onChange={(event) => set({ headers: readHeaders(event.currentTarget.value) })}
      />
      <Textarea
        label={t("Body")}
        description="{{to}} {{to_digits}} {{from}} {{text}} {{subject}} {{message_id}} {{secret}}"
        autosize
        minRows={2}
        value={now.body}
        onChange={(event) => set({ body: event.currentTarget.value })}
      />
      <Fields min={150}>
        <TextInput
          label={t("Accepted when the value at")}
          placeholder="/status"
          value={now.success.pointer ?? ""}
          onChange={(event) =>
            set({ success: { ...now.success, pointer: pointer(event.currentTarget.value) } })
          }
        />
        <TextInput
          label={t("is one of")}
          placeholder="ok, queued"
          defaultValue={(now.success.equals ?? []).join(", ")}
          onChange={(event) =>
            set({
              success: {
                ...now.success,
                equals: event.currentTarget.value.split(",").flatMap((word) => word.trim() || []),
              },
            })
          }
        />
        <TextInput
          label={t("Message id is at")}
          placeholder="/id"
          value={now.messageIdPointer ?? ""}
          onChange={(event) => set({ messageIdPointer: pointer(event.currentTarget.value) })}
        />
      </Fields>
    </>
  );
}
