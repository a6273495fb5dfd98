import { NumberInput, Switch, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { SettingsView } from "../../../gen";
import { patch, useSend } from "../../../shared/api";
import { say } from "../../../shared/feedback";
import { Fields, FormSection } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { SaveBar } from "../SaveBar";
import classes from "../settings.module.css";
import { useEdit } from "../useEdit";
import { DomainLimits } from "./DomainLimits";

/** Senders where a provider or campaign names none, and how the test inbox behaves. */
export function Defaults({ settings }: { settings: SettingsView }): ReactNode {
  const { sending } = settings;
  const form = useEdit({
    fromAddress: sending.fromAddress ?? "",
    fromName: sending.fromName ?? "",
    replyTo: sending.replyTo ?? "",
    senderId: sending.senderId ?? "",
    domainLimits: sending.domainLimits ?? [],
    sandboxOnly: sending.sandboxOnly ?? false,
    sandbox: sending.sandbox ?? {},
  });
  const { values, set, errors } = form;
  const send = useSend(
    (body: typeof values) => patch<SettingsView>("/settings", { sending: body }),
    {
      stale: ["settings", "providers"],
      onSuccess: () => say(t("Sending saved")),
    },
  );
  const text = (
    name: "fromAddress" | "fromName" | "replyTo" | "senderId",
    label: string,
    hint: string,
  ) => (
    <TextInput
      label={label}
      placeholder={hint}
      value={values[name]}
      error={errors[`sending.${name}`]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
  const count = (
    name: "minDelayMs" | "maxDelayMs" | "failPercent" | "deferPercent",
    label: string,
  ) => (
    <NumberInput
      label={label}
      min={0}
      value={values.sandbox[name] ?? 0}
      error={errors[`sending.sandbox.${name}`]}
      onChange={(value) => set({ sandbox: { ...values.sandbox, [name]: Number(value) || 0 } })}
    />
  );
  return (
    <>
      <FormSection title={t("Senders")} text={t("Used where a provider or a campaign names none.")}>
        <div className={classes.stack}>
          <Fields>
            {text("fromAddress", t("Email from"), "offers@example.com")}
            {text("fromName", t("Sender name"), settings.name)}
          </Fields>
          <Fields>
            {text("replyTo", t("Answers go to"), t("the same address"))}
            {text("senderId", t("SMS sender id"), settings.name.slice(0, 11))}
          </Fields>
        </div>
      </FormSection>
      <DomainLimits
        limits={values.domainLimits}
        errors={errors}
        onChange={(domainLimits) => set({ domainLimits })}
      />
      <FormSection
        title={t("Test inbox")}
        text={t("It can be slow and fail, as real providers do.")}
      >
        <div className={classes.stack}>
          <Switch
            label={t("Keep all messages in the test inbox")}
            description={t("Nothing leaves this workspace, whatever providers there are.")}
            checked={values.sandboxOnly}
            onChange={(event) => set({ sandboxOnly: event.currentTarget.checked })}
          />
          <Fields min={120}>
            {count("minDelayMs", t("Slow: from ms"))}
            {count("maxDelayMs", t("to ms"))}
            {count("failPercent", t("Fail, %"))}
            {count("deferPercent", t("Put off, %"))}
          </Fields>
        </div>
      </FormSection>
      <SaveBar
        isDirty={form.isDirty}
        busy={form.busy}
        error={form.error}
        action={t("Save senders")}
        onSave={() => void form.save((body) => send.mutateAsync(body))}
        onUndo={form.undo}
      />
    </>
  );
}
