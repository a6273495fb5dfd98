import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { ImportView } from "../../../gen";
import { post, useSend } from "../../../shared/api";
import { Bars, ProgressBar } from "../../../shared/charts";
import { confirmAction, sayError } from "../../../shared/feedback";
import { duration, number } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import {
  Callout,
  EmptyState,
  KeyFigures,
  PageHeader,
  SectionTitle,
  StatusMark,
  shapeOf,
} from "../../../shared/ui";
import { download } from "../download";
import { reasonWord, statusWord } from "./words";

/** How far a check or an import is, and what came of it. */
export function Outcome({
  view,
  wanted,
}: {
  view: ImportView;
  wanted: "check" | "import";
}): ReactNode {
  const isOther = view.status === "staged" || (wanted === "import" && view.dryRun);
  if (isOther) return <NotYet view={view} wanted={wanted} />;
  return (
    <>
      <PageHeader
        flush
        title={view.fileName}
        aside={<StatusMark status={shapeOf(view.status)} label={statusWord(view)} strong />}
        actions={view.status === "running" && <CancelImport view={view} />}
      />
      <Progress view={view} />
      <KeyFigures
        figures={[
          { label: t("Rows read"), value: number(view.rows) },
          {
            label: view.dryRun ? t("Would be new") : t("New customers"),
            value: number(view.imported),
          },
          { label: t("Known already"), value: number(view.duplicates), text: known(view) },
          {
            label: t("Rejected"),
            value: number(view.rejected),
            tone: view.rejected > 0 ? "warn" : undefined,
          },
        ]}
      />
      {view.error && <Callout tone="bad">{view.error}</Callout>}
      {view.status === "completed" && view.dryRun && (
        <Callout tone="info">
          {t("This was a check: nothing has been written. Import when the numbers look right.")}
        </Callout>
      )}
      {view.rejected > 0 && <Rejected view={view} />}
    </>
  );
}

function known(view: ImportView): string | undefined {
  const way = view.options?.onDuplicate;
  if (view.duplicates === 0) return undefined;
  return way === "skip" ? t("passed over") : view.dryRun ? t("would be updated") : t("updated");
}

function Progress({ view }: { view: ImportView }): ReactNode {
  const total = view.status === "completed" ? view.rows : Math.max(view.estimatedRows, view.rows);
  const words = t("{done} of about {total} rows", {
    done: number(view.rows),
    total: number(total),
  });
  const rate = view.rowsPerSecond
    ? t("{rate} rows a second", { rate: number(view.rowsPerSecond) })
    : "";
  const left =
    view.secondsLeft === null || view.secondsLeft === undefined
      ? ""
      : t("{time} left", { time: duration(view.secondsLeft * 1000) });
  return (
    <div role="status">
      <ProgressBar
        label={words}
        total={total}
        value={view.rows}
        size={6}
        tone={view.status === "running" ? "live" : view.status === "completed" ? "done" : "warn"}
      />
      <div
        style={{
          display: "flex",
          justifyContent: "space-between",
          gap: 16,
          marginTop: 6,
          color: "var(--m-text2)",
          fontSize: 12,
        }}
      >
        <span>{view.status === "completed" ? tn(view.rows, "{n} row", "{n} rows") : words}</span>
        <span>{[rate, left].filter(Boolean).join(" · ")}</span>
      </div>
    </div>
  );
}

function CancelImport({ view }: { view: ImportView }): ReactNode {
  const cancel = useSend(() => post(`/customers/import/${view.id}/cancel`), {
    stale: ["customers"],
  });
  if (view.dryRun) {
    return (
      <Button
        loading={cancel.isPending}
        onClick={() => cancel.mutate(undefined, { onError: sayError })}
      >
        {t("Stop checking")}
      </Button>
    );
  }
  const ask = () =>
    confirmAction({
      title: t("Stop this import?"),
      text: t("The {count} customers that are in stay. The rest of the file is not read.", {
        count: number(view.imported),
      }),
      action: t("Stop import"),
      keep: t("Go on importing"),
      danger: true,
      run: () => cancel.mutateAsync(undefined),
    });
  return (
    <Button variant="outline" color="red" onClick={ask}>
      {t("Stop import…")}
    </Button>
  );
}

function Rejected({ view }: { view: ImportView }): ReactNode {
  const [busy, setBusy] = useState(false);
  const reasons = Object.entries(view.reasons).sort(([, a], [, b]) => b - a);
  const take = async () => {
    setBusy(true);
    try {
      await download(`/customers/import/${view.id}/errors.csv`, "rejected.csv");
    } catch (cause) {
      sayError(cause);
    }
    setBusy(false);
  };
  return (
    <section>
      <SectionTitle
        title={tn(view.rejected, "{n} row was rejected", "{n} rows were rejected")}
        aside={
          view.status !== "running" && (
            <Button
              loading={busy}
              leftSection={<IconDownload size={15} stroke={1.6} />}
              onClick={() => void take()}
            >
              {t("Download rejected rows")}
            </Button>
          )
        }
      />
      <p style={{ margin: "0 0 12px", color: "var(--m-text3)", fontSize: 12 }}>
        {t(
          "The file has each row with its line, column, reason and what to do. Mend it and import it again.",
        )}
      </p>
      <Bars
        bars={reasons.map(([code, value]) => ({ label: reasonWord(code), value, tone: "warn" }))}
      />
    </section>
  );
}

function NotYet({ view, wanted }: { view: ImportView; wanted: "check" | "import" }): ReactNode {
  if (wanted === "check") {
    return (
      <EmptyState
        title={t("The file has not been checked yet")}
        text={t("A check reads every row and says what the import would do. Nothing is written.")}
      />
    );
  }
  return (
    <EmptyState
      title={t("The file has not been imported yet")}
      text={
        view.status === "completed"
          ? t(
              "{imported} customers would be new, {duplicates} are known already, {rejected} rows would be rejected.",
              {
                imported: number(view.imported),
                duplicates: number(view.duplicates),
                rejected: number(view.rejected),
              },
            )
          : t("It is best to check it first.")
      }
    />
  );
}
