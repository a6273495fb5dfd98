import { useState } from "react";
import type { ProviderView } from "../../../gen";
import { patch, post, toApiError, useSend } from "../../../shared/api";
import { type KeyDraft, newSigning } from "./keyDraft";
import { kindOf, type ProviderKind } from "./kinds";

export type Config = Record<string, unknown>;

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

/** The form of a provider, as it is filled in. */
export interface ProviderValues {
  name: string;
  channel: string;
  config: Config;
  secret: string;
  weight: number;
  messagesPerMinute: number | string;
  messagesPerHour: number | string;
  messagesPerDay: number | string;
  maxConnections: number;
  /** The key of a relay that is being added. */
  signing?: KeyDraft;
}

const valuesOf = (kind: ProviderKind, provider?: ProviderView): ProviderValues => ({
  name: provider?.name ?? "",
  channel: provider?.channel ?? kindOf(kind).channels[0] ?? "email",
  config: (provider?.config as Config | undefined) ?? firstConfig[kind],
  secret: "",
  weight: provider?.weight ?? 100,
  messagesPerMinute: provider?.messagesPerMinute ?? "",
  messagesPerHour: provider?.messagesPerHour ?? "",
  messagesPerDay: provider?.messagesPerDay ?? "",
  maxConnections: provider?.maxConnections ?? 10,
});

/** Fills in, saves, and says what is wrong by the field. */
export function useProvider(
  kind: ProviderKind,
  provider: ProviderView | undefined,
  onSaved: (saved: ProviderView) => void,
) {
  const [values, setValues] = useState(() => valuesOf(kind, provider));
  const save = useSend(
    () => {
      const { secret, channel, signing, ...rest } = values;
      const body = {
        ...rest,
        messagesPerMinute: Number(values.messagesPerMinute) || 0,
        messagesPerHour: Number(values.messagesPerHour) || 0,
        messagesPerDay: Number(values.messagesPerDay) || 0,
        ...(secret ? { secret } : {}),
      };
      return provider
        ? patch<ProviderView>(`/providers/${provider.id}`, body)
        : post<ProviderView>("/providers", {
            ...body,
            channel,
            kind,
            ...(signing ? { signing: newSigning(signing) } : {}),
          });
    },
    { stale: ["providers", "home"], onSuccess: onSaved },
  );
  const problem = save.error ? toApiError(save.error) : undefined;
  return {
    values,
    set: (change: Partial<ProviderValues>) => setValues((before) => ({ ...before, ...change })),
    setConfig: (change: Config) =>
      setValues((before) => ({ ...before, config: { ...before.config, ...change } })),
    save,
    problem,
    errors: problem?.fieldErrors() ?? {},
  };
}
