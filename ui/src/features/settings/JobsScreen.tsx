import type { ReactNode } from "react";
import type { JobSettings, SettingsView } from "../../gen";
import { patch, useGet, useMay, useSend } from "../../shared/api";
import { say } from "../../shared/feedback";
import { ChoiceCards, FormSection } from "../../shared/form";
import { t } from "../../shared/i18n";
import { Callout, InlineError } from "../../shared/ui";
import { SaveBar } from "./SaveBar";
import { SettingsPage } from "./SettingsPage";
import classes from "./settings.module.css";
import { useEdit } from "./useEdit";

/** What jobs of the workspace may do. */
export function JobsScreen(): ReactNode {
  const query = useGet<SettingsView>("/settings");
  return (
    <SettingsPage
      at="/settings/jobs"
      title={t("Jobs")}
      text={t("What the steps of jobs may do, whoever made them.")}
    >
      {query.error && <InlineError error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Form jobs={query.data.jobs} />}
    </SettingsPage>
  );
}

type Reach = "public" | "machine" | "everywhere";

const reachOf = (jobs: JobSettings): Reach =>
  jobs.mayReachPrivateNetworks ? "everywhere" : jobs.mayReachThisMachine ? "machine" : "public";

const settingsOf = (reach: Reach): JobSettings => ({
  mayReachThisMachine: reach !== "public",
  mayReachPrivateNetworks: reach === "everywhere",
});

function Form({ jobs }: { jobs: JobSettings }): ReactNode {
  const mayChange = useMay()("manageSettings");
  const form = useEdit<{ reach: Reach }>({ reach: reachOf(jobs) });
  const { reach } = form.values;
  const send = useSend(
    // What this screen does not show stays as it is.
    (next: Reach) => patch<SettingsView>("/settings", { jobs: { ...jobs, ...settingsOf(next) } }),
    { stale: ["settings"], onSuccess: () => say(t("Rules saved")) },
  );
  return (
    <fieldset disabled={!mayChange} style={{ border: 0, margin: 0, padding: 0 }}>
      <FormSection
        title={t("How far calls and transfers may reach")}
        text={t(
          "HTTP calls, webhooks and file transfers of jobs. What is not allowed is refused when the step runs, and the log says so.",
        )}
      >
        <div className={classes.stack}>
          <ChoiceCards
            label={t("How far calls and transfers may reach")}
            value={reach}
            onChange={(next) => form.set({ reach: next })}
            choices={[
              {
                value: "public",
                label: t("The internet only"),
                text: t("The safe choice. Machines of your own network stay out of reach."),
              },
              {
                value: "machine",
                label: t("The internet and this machine"),
                text: t("For a program that runs beside Muster."),
              },
              {
                value: "everywhere",
                label: t("Your own network, too"),
                text: t("For a data warehouse or a file server that is not on the internet."),
              },
            ]}
          />
          {reach === "everywhere" && (
            <Callout tone="warn">
              {t(
                "Everybody who may write jobs can then send requests to every machine that this one reaches.",
              )}
            </Callout>
          )}
        </div>
      </FormSection>
      {mayChange ? (
        <SaveBar
          isDirty={form.isDirty}
          busy={form.busy}
          error={form.error}
          action={t("Save rules")}
          onSave={() => void form.save(({ reach: next }) => send.mutateAsync(next))}
          onUndo={form.undo}
        />
      ) : (
        <p className={classes.quiet}>{t("Only administrators change these.")}</p>
      )}
    </fieldset>
  );
}
