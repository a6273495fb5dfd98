import { NumberInput, Select, Switch, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { SettingsView } from "../../gen";
import { patch, useGet, useMay, useSend } from "../../shared/api";
import { say } from "../../shared/feedback";
import { Fields, FormSection } from "../../shared/form";
import { languages, t } from "../../shared/i18n";
import { Callout, InlineError } from "../../shared/ui";
import { SaveBar } from "./SaveBar";
import { SettingsPage } from "./SettingsPage";
import classes from "./settings.module.css";
import { useEdit } from "./useEdit";

/** Name, place and rules of the workspace. */
export function Workspace(): ReactNode {
  const query = useGet<SettingsView>("/settings");
  return (
    <SettingsPage at="/settings" title={t("Workspace")}>
      {query.error && <InlineError error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Form settings={query.data} />}
    </SettingsPage>
  );
}

const zones = (now: string) => {
  const all = Intl.supportedValuesOf("timeZone");
  return all.includes(now) ? all : [now, ...all];
};

function Form({ settings }: { settings: SettingsView }): ReactNode {
  const mayChange = useMay()("manageSettings");
  const form = useEdit({
    name: settings.name,
    timezone: settings.timezone,
    currency: settings.currency,
    locale: settings.locale,
    approvalRequired: settings.approvalRequired,
    publicBaseUrl: settings.publicBaseUrl ?? "",
    jobs: settings.jobs,
  });
  const { values, set, errors } = form;
  const send = useSend((body: typeof values) => patch<SettingsView>("/settings", body), {
    stale: ["settings", "session"],
    onSuccess: () => say(t("Workspace saved")),
  });
  return (
    <fieldset disabled={!mayChange} style={{ border: 0, margin: 0, padding: 0 }}>
      <FormSection title={t("Name and place")}>
        <div className={classes.stack}>
          <Fields>
            <TextInput
              label={t("Name")}
              value={values.name}
              error={errors.name}
              onChange={(event) => set({ name: event.currentTarget.value })}
            />
            <Select
              label={t("Timezone")}
              description={t("Schedules and times are shown in it.")}
              searchable
              disabled={!mayChange}
              data={zones(values.timezone)}
              value={values.timezone}
              error={errors.timezone}
              onChange={(timezone) => timezone && set({ timezone })}
            />
          </Fields>
          <Fields>
            <TextInput
              label={t("Currency")}
              value={values.currency}
              error={errors.currency}
              maxLength={3}
              onChange={(event) => set({ currency: event.currentTarget.value.toUpperCase() })}
            />
            <Select
              label={t("Language")}
              description={t("For people who have not chosen their own.")}
              disabled={!mayChange}
              data={languages}
              value={values.locale}
              error={errors.locale}
              onChange={(locale) => locale && set({ locale })}
            />
          </Fields>
        </div>
      </FormSection>
      <FormSection title={t("Approval")}>
        <Switch
          label={t("A campaign needs an approval before it sends")}
          description={t("By somebody who did not make or edit it.")}
          checked={values.approvalRequired}
          onChange={(event) => set({ approvalRequired: event.currentTarget.checked })}
        />
      </FormSection>
      <FormSection title={t("Reaching this workspace from outside")}>
        <div className={classes.stack}>
          <TextInput
            label={t("Public address")}
            description={t(
              "Where opens, clicks and unsubscribes come back: a muster-server of your team.",
            )}
            placeholder="https://go.example.com"
            value={values.publicBaseUrl}
            error={errors.publicBaseUrl}
            onChange={(event) => set({ publicBaseUrl: event.currentTarget.value })}
          />
          {!values.publicBaseUrl && (
            <Callout tone="info">
              {t(
                "Without one, links are sent as they are, unsubscribing goes by email, and opens and clicks read “not tracked”.",
              )}
            </Callout>
          )}
        </div>
      </FormSection>
      <FormSection title={t("Backups")}>
        <Fields>
          <NumberInput
            label={t("Backups kept")}
            description={t("One is made every night; older ones are removed.")}
            min={1}
            max={365}
            value={values.jobs.backupsKept}
            error={errors["jobs.backupsKept"]}
            onChange={(kept) => set({ jobs: { ...values.jobs, backupsKept: Number(kept) } })}
          />
        </Fields>
      </FormSection>
      {mayChange ? (
        <SaveBar
          isDirty={form.isDirty}
          busy={form.busy}
          error={form.error}
          action={t("Save workspace")}
          onSave={() => void form.save((body) => send.mutateAsync(body))}
          onUndo={form.undo}
        />
      ) : (
        <p className={classes.quiet}>{t("Only administrators change these.")}</p>
      )}
    </fieldset>
  );
}
