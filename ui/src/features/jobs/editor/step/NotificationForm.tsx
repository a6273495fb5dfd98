import type { ReactNode } from "react";
import { t } from "../../../../shared/i18n";
import type { JsonObject } from "../../model/definition";
import { ChoiceField, QueryField, TagsField, TextField } from "../form";
import type { ActionProps } from "./ActionForm";
import { SecretField } from "./SecretField";

type Channel = "email" | "desktop" | "webhook";

/** Words to people or to another program. */
export function NotificationForm({ path, action, onChange }: ActionProps): ReactNode {
  const channel = (action.channel ?? "email") as Channel;
  const set = (change: JsonObject) => onChange({ ...action, ...change });
  return (
    <>
      <ChoiceField
        label={t("Goes by")}
        path={`${path}.channel`}
        data={[
          { value: "email", label: t("Email") },
          { value: "desktop", label: t("A note in Muster") },
          { value: "webhook", label: t("A call of another program") },
        ]}
        value={channel}
        onChange={(next: Channel) => {
          const { url: _, secret: __, recipients: ___, ...rest } = action;
          onChange({ ...rest, channel: next });
        }}
      />
      {channel === "email" && (
        <TagsField
          label={t("To")}
          path={`${path}.recipients`}
          placeholder="amina@example.com"
          value={(action.recipients ?? []) as string[]}
          onChange={(recipients) => set({ recipients })}
        />
      )}
      {channel === "webhook" && (
        <>
          <TextField
            label={t("Address")}
            path={`${path}.url`}
            placeholder="https://…"
            value={String(action.url ?? "")}
            onChange={(url) => set({ url })}
          />
          <SecretField
            label={t("Secret that signs it, if any")}
            path={`${path}.secret`}
            value={String(action.secret ?? "")}
            onChange={(secret) => set({ secret: secret === "" ? null : secret })}
          />
        </>
      )}
      <TextField
        label={t("Subject")}
        path={`${path}.subject`}
        value={String(action.subject ?? "")}
        onChange={(subject) => set({ subject })}
      />
      <QueryField
        kind="plain"
        label={t("Message")}
        description={t("{{ name }} takes a value of the job or of an earlier step.")}
        path={`${path}.message`}
        value={String(action.message ?? "")}
        onChange={(message) => set({ message })}
      />
    </>
  );
}
