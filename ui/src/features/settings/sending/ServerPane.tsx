import { PasswordInput, Select, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { ProviderView } from "../../../gen";
import { Fields } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { channelLabel } from "../../../shared/ui";
import { Certificate, ConfigFields } from "./ConfigFields";
import { kindOf, type ProviderKind } from "./kinds";
import classes from "./sending.module.css";
import type { Config, ProviderValues } from "./useProvider";

interface ServerPaneProps {
  kind: ProviderKind;
  provider?: ProviderView;
  values: ProviderValues;
  errors: Record<string, string>;
  onChange: (change: Partial<ProviderValues>) => void;
  onConfig: (change: Config) => void;
}

/** How a provider is called, reached and signed in to. */
export function ServerPane(props: ServerPaneProps): ReactNode {
  const { kind, provider, values, errors, onChange, onConfig } = props;
  const choice = kindOf(kind);
  return (
    <div className={classes.pane}>
      <Fields>
        <TextInput
          data-autofocus
          label={t("Name")}
          placeholder={choice.channels[0] === "email" ? t("Main relay") : t("Route 1")}
          value={values.name}
          error={errors.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        {choice.channels.length > 1 && (
          <Select
            label={t("Channel")}
            allowDeselect={false}
            disabled={provider !== undefined}
            data={choice.channels.map((value) => ({ value, label: channelLabel(value) }))}
            value={values.channel}
            error={errors.channel}
            onChange={(channel) => channel && onChange({ channel })}
          />
        )}
      </Fields>
      <ConfigFields kind={kind} config={values.config} errors={errors} onChange={onConfig} />
      {choice.secret && (
        <PasswordInput
          label={choice.secret}
          autoComplete="new-password"
          placeholder={provider?.hasSecret ? t("Kept; type to replace it") : ""}
          value={values.secret}
          error={errors.secret}
          onChange={(event) => onChange({ secret: event.currentTarget.value })}
        />
      )}
      {kind === "smtp" && <Certificate config={values.config} onChange={onConfig} />}
      {kind === "smtp" && (
        <TextInput
          label={t("Bounces go to")}
          description={t(
            "A domain or mailbox of yours that takes what comes back. Each message gets an address of its own there, so that a bounce says whom it is about. Empty: to the sender address.",
          )}
          placeholder="bounces.example.com"
          value={String(values.config.returnPath ?? "")}
          error={errors["config.returnPath"]}
          onChange={(event) => onConfig({ returnPath: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
