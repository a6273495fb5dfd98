import { Button, Modal, NumberInput, PasswordInput, Select, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ProviderView } from "../../../gen";
import { patch, post, toApiError, useSend } from "../../../shared/api";
import { say } from "../../../shared/feedback";
import { Fields } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { channelLabel, DialogActions, InlineError } from "../../../shared/ui";
import classes from "../settings.module.css";
import { ConfigFields } from "./ConfigFields";
import { kindOf, type ProviderKind } from "./kinds";

export type Config = Record<string, unknown>;

interface ProviderDialogProps {
  kind: ProviderKind;
  /** None: a new one. */
  provider?: ProviderView;
  onClose: () => void;
}

const firstConfig: Record<ProviderKind, Config> = {
  smtp: { host: "", port: 587, security: "starttls", username: "", from: "" },
  twilio: { accountSid: "", from: "", route: "Route 1" },
  africas_talking: { username: "", from: "", route: "Route 1" },
  http: {
    route: "Route 1",
    from: "",
    template: {
      url: "https://",
      method: "POST",
      headers: [["Authorization", "Bearer {{secret}}"]],
      contentType: "application/json",
      body: '{"to": "{{to}}", "from": "{{from}}", "text": "{{text}}"}',
      success: { pointer: null, equals: [] },
      messageIdPointer: null,
    },
  },
  sandbox: { minDelayMs: 50, maxDelayMs: 200, failPercent: 8, deferPercent: 0 },
};

/** Adds or changes a relay or route. */
export function ProviderDialog({ kind, provider, onClose }: ProviderDialogProps): ReactNode {
  const choice = kindOf(kind);
  const [values, setValues] = useState({
    name: provider?.name ?? "",
    channel: provider?.channel ?? choice.channels[0] ?? "email",
    config: (provider?.config as Config | undefined) ?? firstConfig[kind],
    secret: "",
    weight: provider?.weight ?? 100,
    messagesPerMinute: provider?.messagesPerMinute ?? "",
    messagesPerHour: provider?.messagesPerHour ?? "",
    maxConnections: provider?.maxConnections ?? 10,
  });
  const set = (change: Partial<typeof values>) => setValues((before) => ({ ...before, ...change }));
  const save = useSend(
    () => {
      const { secret, channel, ...rest } = values;
      const body = {
        ...rest,
        messagesPerMinute: Number(values.messagesPerMinute) || 0,
        messagesPerHour: Number(values.messagesPerHour) || 0,
        ...(secret ? { secret } : {}),
      };
      return provider
        ? patch<ProviderView>(`/providers/${provider.id}`, body)
        : post<ProviderView>("/providers", { ...body, channel, kind });
    },
    {
      stale: ["providers", "home"],
      onSuccess: () => {
        say(provider ? t("Provider saved") : t("Provider added"));
        onClose();
      },
    },
  );
  const problem = save.error ? toApiError(save.error) : undefined;
  const errors = problem?.fieldErrors() ?? {};
  return (
    <Modal opened size={620} onClose={onClose} title={provider ? provider.name : choice.label}>
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        <Fields>
          <TextInput
            data-autofocus
            label={t("Name")}
            placeholder={choice.channels[0] === "email" ? t("Main relay") : t("Route 1")}
            value={values.name}
            error={errors.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          {choice.channels.length > 1 && (
            <Select
              label={t("Channel")}
              allowDeselect={false}
              disabled={provider !== undefined}
              data={choice.channels.map((value) => ({ value, label: channelLabel(value) }))}
              value={values.channel}
              error={errors.channel}
              onChange={(channel) => channel && set({ channel: channel as typeof values.channel })}
            />
          )}
        </Fields>
        <ConfigFields
          kind={kind}
          config={values.config}
          errors={errors}
          onChange={(change) => set({ config: { ...values.config, ...change } })}
        />
        {choice.secret && (
          <PasswordInput
            label={choice.secret}
            autoComplete="new-password"
            placeholder={provider?.hasSecret ? t("Kept; type to replace it") : ""}
            value={values.secret}
            error={errors.secret}
            onChange={(event) => set({ secret: event.currentTarget.value })}
          />
        )}
        <Fields min={120}>
          <NumberInput
            label={t("Weight")}
            min={0}
            max={10_000}
            value={values.weight}
            error={errors.weight}
            onChange={(weight) => set({ weight: Number(weight) || 0 })}
          />
          <NumberInput
            label={t("A minute, at most")}
            placeholder={t("no limit")}
            min={0}
            value={values.messagesPerMinute}
            error={errors.messagesPerMinute}
            onChange={(messagesPerMinute) => set({ messagesPerMinute })}
          />
          <NumberInput
            label={t("An hour, at most")}
            placeholder={t("no limit")}
            min={0}
            value={values.messagesPerHour}
            error={errors.messagesPerHour}
            onChange={(messagesPerHour) => set({ messagesPerHour })}
          />
          {kind !== "sandbox" && (
            <NumberInput
              label={t("Connections")}
              min={1}
              max={100}
              value={values.maxConnections}
              error={errors.maxConnections}
              onChange={(maxConnections) => set({ maxConnections: Number(maxConnections) || 1 })}
            />
          )}
        </Fields>
        {problem && problem.details.length === 0 && <InlineError error={problem} />}
        {errors.config && <InlineError error={new Error(errors.config)} />}
        <DialogActions>
          <Button onClick={onClose}>{t("Close without saving")}</Button>
          <Button variant="filled" type="submit" loading={save.isPending}>
            {provider ? t("Save provider") : t("Add provider")}
          </Button>
        </DialogActions>
      </form>
    </Modal>
  );
}
