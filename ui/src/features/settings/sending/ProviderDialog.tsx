import { Button, Modal, Tabs } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ProviderView, SettingsView } from "../../../gen";
import { useGet } from "../../../shared/api";
import { say } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { DialogActions, InlineError, StatusShape } from "../../../shared/ui";
import { keyErrors } from "./keyDraft";
import { kindOf, type ProviderKind } from "./kinds";
import { LimitsPane } from "./LimitsPane";
import { ServerPane } from "./ServerPane";
import { NewKeyPane, SigningPane } from "./SigningPane";
import classes from "./sending.module.css";
import { sharesOf } from "./shares";
import { useProvider } from "./useProvider";
import { WarmUpPane } from "./WarmUpPane";
import type { WarmUp } from "./warmUp";

export type Pane = "server" | "signing" | "limits" | "warmUp";

interface ProviderDialogProps {
  kind: ProviderKind;
  /** None: a new one. */
  provider?: ProviderView;
  /** Everything there is, for the shares. */
  all: ProviderView[];
  pane?: Pane;
  /** It was added, and its key has to be published. */
  onSigned?: (provider: ProviderView) => void;
  onClose: () => void;
}

/** In which part of the form a field stands. */
const paneOf = (field: string): Pane => {
  if (field.startsWith("config.warmUp")) return "warmUp";
  if (field.startsWith("signing")) return "signing";
  return /^(weight|messagesPer|maxConn|config\.messagesPer)/.test(field) ? "limits" : "server";
};

/** Adds or changes a relay or route. */
export function ProviderDialog(props: ProviderDialogProps): ReactNode {
  const { kind, provider, all, onClose } = props;
  const isMail = kind === "smtp";
  const [pane, setPane] = useState<Pane>(props.pane ?? "server");
  const settings = useGet<SettingsView>("/settings");
  const form = useProvider(kind, provider, (saved) => {
    say(provider ? t("Provider saved") : t("Provider added"));
    if (!provider && saved.signing && props.onSigned) props.onSigned(saved);
    else onClose();
  });
  const { values, errors, problem } = form;
  const wrong = new Set(Object.keys(errors).map(paneOf));
  const own = {
    ...(provider ?? { id: "new", isActive: true, state: "ok" }),
    channel: values.channel as ProviderView["channel"],
    config: values.config,
    weight: values.weight,
  };
  const from = String(values.config.from || settings.data?.sending.fromAddress || "");
  const others = all.filter((row) => row.id !== own.id);
  const tab = (value: Pane, label: string) => (
    <Tabs.Tab
      value={value}
      rightSection={wrong.has(value) ? <StatusShape status="failed" /> : undefined}
    >
      {label}
    </Tabs.Tab>
  );
  return (
    <Modal
      opened
      size={680}
      onClose={onClose}
      title={provider ? provider.name : kindOf(kind).label}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          form.save.mutate(undefined, {
            // What is wrong is in sight.
            onError: (error) => {
              const [first] = Object.keys(error.fieldErrors());
              if (first) setPane(paneOf(first));
            },
          });
        }}
      >
        <Tabs
          value={pane}
          onChange={(value) => value && setPane(value as Pane)}
          keepMounted={false}
        >
          <Tabs.List>
            {tab("server", isMail ? t("Server") : t("Provider"))}
            {isMail && tab("signing", t("Signing"))}
            {tab("limits", t("Limits"))}
            {isMail && tab("warmUp", t("Warm-up"))}
          </Tabs.List>
          <div className={classes.panes}>
            <Tabs.Panel value="server">
              <ServerPane
                kind={kind}
                provider={provider}
                values={values}
                errors={errors}
                onChange={form.set}
                onConfig={form.setConfig}
              />
            </Tabs.Panel>
            <Tabs.Panel value="signing">
              {provider ? (
                <SigningPane provider={provider} from={from} />
              ) : (
                <NewKeyPane
                  from={from}
                  draft={values.signing}
                  errors={keyErrors(errors)}
                  onChange={(signing) => form.set({ signing })}
                />
              )}
            </Tabs.Panel>
            <Tabs.Panel value="limits">
              <LimitsPane
                kind={kind}
                values={values}
                errors={errors}
                share={sharesOf([...others, own]).get(own.id)}
                onChange={form.set}
              />
            </Tabs.Panel>
            <Tabs.Panel value="warmUp">
              <WarmUpPane
                plan={values.config.warmUp as WarmUp | undefined}
                errors={errors}
                onChange={(warmUp) => form.setConfig({ warmUp })}
              />
            </Tabs.Panel>
          </div>
        </Tabs>
        {problem && problem.details.length === 0 && <InlineError error={problem} />}
        {errors.config && <InlineError error={new Error(errors.config)} />}
        <DialogActions>
          <Button onClick={onClose}>{t("Close without saving")}</Button>
          <Button variant="filled" type="submit" loading={form.save.isPending}>
            {provider ? t("Save provider") : t("Add provider")}
          </Button>
        </DialogActions>
      </form>
    </Modal>
  );
}
