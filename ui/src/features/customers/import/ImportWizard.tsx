import { useParams } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import type { ImportOptionsInput, ImportView } from "../../../gen";
import { post, useGet, useLive, useSend } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { InlineError, Page } from "../../../shared/ui";
import { Wizard, type WizardStep } from "../../../shared/wizard";
import classes from "../customers.module.css";
import { MapColumns } from "./MapColumns";
import { Outcome } from "./Outcome";

type Step = "columns" | "check" | "import";

export function ImportScreen(): ReactNode {
  const { id } = useParams({ strict: false });
  return <ImportWizard id={String(id)} key={String(id)} />;
}

/** The state of an import: pushed while it runs, asked for as well where nothing is pushed. */
function useImport(id: string) {
  const path = `/customers/import/${id}`;
  const [asking, setAsking] = useState(true);
  const query = useGet<ImportView>(path, undefined, {
    refetchMs: asking ? 1_500 : undefined,
    staleMs: 0,
  });
  const pushed = useLive<ImportView>(`import:${id}`);
  // What is pushed may be of a run before: whichever has been started later, and got further, is the newer.
  const age = (view: ImportView | undefined) =>
    view
      ? Date.parse(view.startedAt ?? view.createdAt) * 1e3 + Math.min(view.rows, 999_999) / 1e3
      : 0;
  const done = (view: ImportView | undefined) => (view?.completedAt ? 1 : 0);
  const isNewer =
    pushed?.id &&
    (age(pushed) > age(query.data) ||
      (age(pushed) === age(query.data) && done(pushed) >= done(query.data)));
  const view = isNewer ? pushed : query.data;
  const running = view?.status === "running";
  useEffect(() => setAsking(running), [running]);
  return { view, error: query.error, refetch: query.refetch };
}

const stepOf = (view: ImportView): Step => {
  if (view.status === "staged") return "columns";
  return view.dryRun ? "check" : "import";
};

/** Columns → check → import: what the file would do is seen before it does it. */
export function ImportWizard({ id }: { id: string }): ReactNode {
  const { view, error, refetch } = useImport(id);
  const [chosen, setChosen] = useState<Step>();
  const [changes, setChanges] = useState<ImportOptionsInput>({});
  const go = useGo();
  const path = `/customers/import/${id}`;
  const start = useSend(
    (dryRun: boolean) => post<ImportView>(`${path}/start`, { ...changes, dryRun }),
    { stale: ["customers"], onSuccess: (_, dryRun) => setChosen(dryRun ? "check" : "import") },
  );
  const parents = [
    { label: t("Customers"), href: "/customers" },
    { label: t("Import"), href: "/customers/import" },
  ];
  if (!view) {
    return (
      <Page title={t("Import")} parents={parents}>
        {error && <InlineError error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  }
  const step = chosen ?? stepOf(view);
  const running = view.status === "running";
  const imported = !view.dryRun && view.status !== "staged";
  const checked = view.dryRun && view.status === "completed";
  const steps: WizardStep[] = [
    {
      key: "columns",
      label: t("Columns"),
      state: start.error ? "problem" : view.status === "staged" ? "todo" : "done",
    },
    { key: "check", label: t("Check"), state: checked || imported ? "done" : "todo" },
    {
      key: "import",
      label: t("Import"),
      state: imported && view.status === "completed" ? "done" : "todo",
    },
  ];
  return (
    <Wizard
      title={view.fileName}
      parents={parents}
      steps={steps}
      current={step}
      onStep={(key) => setChosen(key as Step)}
      saved={
        running
          ? t("Goes on when you leave this screen")
          : imported
            ? ""
            : t("The file is kept until it is imported")
      }
      primary={primary(step, view, start.isPending, start.mutate, go)}
    >
      <div className={classes.stack}>
        {start.error && <InlineError error={start.error} meaning={t("Nothing was imported.")} />}
        {step === "columns" ? (
          <MapColumns
            id={id}
            changes={changes}
            onChange={setChanges}
            locked={imported || running}
          />
        ) : (
          <Outcome view={view} wanted={step} />
        )}
      </div>
    </Wizard>
  );
}

function primary(
  step: Step,
  view: ImportView,
  loading: boolean,
  start: (dryRun: boolean) => void,
  go: (href: string) => void,
) {
  const imported = !view.dryRun && view.status === "completed";
  if (imported) return { label: t("Show customers"), onClick: () => go("/customers") };
  if (view.status === "running") {
    return {
      label: t("Show customers"),
      onClick: () => go("/customers"),
      reason: view.dryRun ? t("The file is being checked") : t("The file is being imported"),
    };
  }
  if (!view.dryRun && view.status !== "staged") {
    return { label: t("Import another file"), onClick: () => go("/customers/import") };
  }
  if (step === "columns")
    return { label: t("Check the file"), onClick: () => start(true), loading };
  const checked = view.dryRun && view.status === "completed";
  if (step === "check" && !checked)
    return { label: t("Check the file"), onClick: () => start(true), loading };
  return { label: t("Import customers"), onClick: () => start(false), loading };
}
