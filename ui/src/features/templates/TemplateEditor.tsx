import { Button, Menu, Select, TextInput } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { patch, post, remove, useGet, useMay, useSend } from "../../shared/api";
import { say, sayError, sayUndo } from "../../shared/feedback";
import { ActionButton, Fields } from "../../shared/form";
import { dayTime } from "../../shared/format";
import { t } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import {
  emptyMessage,
  MessageEditor,
  MessagePreview,
  PreviewAs,
  useCheck,
} from "../../shared/message";
import { type ChannelName, channelLabel, InlineError, Page, PageHeader } from "../../shared/ui";
import classes from "./templates.module.css";
import { type Template, type TemplateVersion, textOf } from "./types";

/** One template beside its preview; a save is a version. */
export function TemplateEditor({ template }: { template?: Template }): ReactNode {
  const go = useGo();
  const may = useMay()("editContent");
  const [name, setName] = useState(template?.name ?? "");
  const [text, setText] = useState(template ? textOf(template) : emptyMessage("email", "en"));
  const [customer, setCustomer] = useState<number | null>(null);
  const check = useCheck(text, false);
  const locked = !may || Boolean(template?.archivedAt);
  const dirty =
    !template ||
    name !== template.name ||
    JSON.stringify(text) !== JSON.stringify(textOf(template));
  const save = useSend(
    () => {
      const { title, ...rest } = text;
      const body = { name, subject: title, ...rest, version: template?.version };
      return template
        ? patch<Template>(`/templates/${template.id}`, body)
        : post<Template>("/templates", body);
    },
    {
      stale: ["templates"],
      onSuccess: (saved) => {
        say(t("Saved as version {version}", { version: saved.version }));
        if (!template) go(`/templates/${saved.id}`);
      },
    },
  );
  const mistakes = check?.problems.filter((problem) => problem.severity === "error") ?? [];
  const reason = locked
    ? t("It cannot be changed")
    : name.trim() === ""
      ? t("It needs a name")
      : mistakes[0]
        ? mistakes[0].line === null
          ? mistakes[0].message
          : t("Mend the mistakes first")
        : !dirty
          ? t("Nothing has changed")
          : undefined;
  const title = template ? template.name : t("New template");
  return (
    <Page
      title={title}
      parents={[{ label: t("Templates"), href: "/templates" }]}
      head={
        <PageHeader
          title={title}
          text={
            template &&
            t("Version {version}, changed {time}", {
              version: template.version,
              time: dayTime(template.updatedAt),
            })
          }
          actions={
            <>
              {template && <History template={template} onTake={setText} />}
              {template && may && <Archive template={template} />}
              <ActionButton
                variant="filled"
                keys="mod+s"
                reason={reason}
                loading={save.isPending}
                onClick={() => save.mutate(undefined)}
              >
                {template ? t("Save template") : t("Add template")}
              </ActionButton>
            </>
          }
        />
      }
    >
      <div style={{ display: "grid", gap: 16 }}>
        {save.error && <InlineError error={save.error} meaning={t("Nothing was saved.")} />}
        <Fields>
          <TextInput
            label={t("Name")}
            value={name}
            readOnly={locked}
            maxLength={255}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={t("Channel")}
            data={(["email", "sms", "whatsapp", "push"] as const).map((value) => ({
              value,
              label: channelLabel(value),
            }))}
            value={text.channel}
            disabled={template !== undefined}
            onChange={(channel) => setText({ ...text, channel: channel as ChannelName })}
          />
          <TextInput
            label={t("Language")}
            placeholder="en"
            value={text.locale}
            readOnly={locked}
            error={check?.problems.find((problem) => problem.field === "locale")?.message}
            onChange={(event) => setText({ ...text, locale: event.currentTarget.value })}
          />
        </Fields>
        <div className={classes.split}>
          <MessageEditor
            key={text.channel}
            title={channelLabel(text.channel)}
            text={text}
            check={check}
            hasCode={false}
            readOnly={locked}
            onChange={setText}
          />
          <div>
            <div style={{ display: "flex", justifyContent: "flex-end", marginBottom: 8 }}>
              <PreviewAs value={customer} onChange={setCustomer} />
            </div>
            <MessagePreview text={text} customerId={customer} code="" />
          </div>
        </div>
      </div>
    </Page>
  );
}

function History({
  template,
  onTake,
}: {
  template: Template;
  onTake: (text: TemplateVersion["text"]) => void;
}): ReactNode {
  const versions = useGet<TemplateVersion[]>(`/templates/${template.id}/versions`);
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button leftSection={<IconHistory size={15} stroke={1.6} />}>{t("Versions")}</Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
        <Menu.Label>{t("Take the text of a version into the editor")}</Menu.Label>
        {versions.data?.map((one) => (
          <Menu.Item key={one.version} onClick={() => onTake(one.text)}>
            {t("Version {version}, {time}", { version: one.version, time: dayTime(one.createdAt) })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Archive({ template }: { template: Template }): ReactNode {
  const go = useGo();
  const restore = useSend(() => post(`/templates/${template.id}/restore`), {
    stale: ["templates"],
  });
  const archive = useSend(() => remove(`/templates/${template.id}`), {
    stale: ["templates"],
    onSuccess: () => {
      sayUndo(t("“{name}” archived", { name: template.name }), () =>
        restore.mutateAsync(undefined),
      );
      go("/templates");
    },
  });
  const run = (action: typeof archive | typeof restore) =>
    void action.mutateAsync(undefined).catch(sayError);
  return template.archivedAt ? (
    <Button onClick={() => run(restore)}>{t("Restore template")}</Button>
  ) : (
    <Button onClick={() => run(archive)}>{t("Archive template")}</Button>
  );
}
