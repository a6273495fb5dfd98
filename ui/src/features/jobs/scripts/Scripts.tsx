import { Button, SegmentedControl } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { remove, useGet, useMay, useSend } from "../../../shared/api";
import { confirmAction } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { type Column, DataTable, Toolbar } from "../../../shared/table";
import { DayTime, EmptyState, Page, PageHeader } from "../../../shared/ui";
import { JobTabs } from "../JobTabs";
import { ScriptDialog } from "./ScriptDialog";
import { SecretDialog } from "./SecretDialog";

export interface SqlScript {
  id: string;
  name: string;
  description: string;
  body: string;
  /** Whether it may change rows. */
  writes: boolean;
  version: number;
  updatedAt: string;
}

/** What steps of jobs name: saved SQL scripts, and secrets of which only the names are ever shown. */
export function Scripts(): ReactNode {
  const [view, setView] = useState("scripts");
  const may = useMay()("writeScripts");
  const [open, setOpen] = useState<SqlScript | "new">();
  const [secret, setSecret] = useState<string>();
  return (
    <Page
      title={t("Scripts & secrets")}
      parents={[{ label: t("Jobs"), href: "/jobs" }]}
      fill
      head={
        <>
          <PageHeader
            title={t("Scripts & secrets")}
            text={t(
              "What steps of jobs use by its name. A secret is never shown again once it is saved.",
            )}
            actions={
              may && (
                <Button
                  variant="filled"
                  onClick={() => (view === "scripts" ? setOpen("new") : setSecret(""))}
                >
                  {view === "scripts" ? t("Add script") : t("Add secret")}
                </Button>
              )
            }
          />
          <JobTabs current="scripts" />
          <Toolbar>
            <SegmentedControl
              size="xs"
              aria-label={t("What is shown")}
              value={view}
              onChange={setView}
              data={[
                { value: "scripts", label: t("Saved scripts") },
                { value: "secrets", label: t("Secrets") },
              ]}
            />
          </Toolbar>
        </>
      }
    >
      {view === "scripts" ? (
        <ScriptTable onOpen={setOpen} />
      ) : (
        <SecretTable may={may} onReplace={setSecret} />
      )}
      {open && (
        <ScriptDialog
          script={open === "new" ? undefined : open}
          may={may}
          onClose={() => setOpen(undefined)}
        />
      )}
      {secret !== undefined && <SecretDialog name={secret} onClose={() => setSecret(undefined)} />}
    </Page>
  );
}

function ScriptTable({ onOpen }: { onOpen: (script: SqlScript) => void }): ReactNode {
  const query = useGet<SqlScript[]>("/sql-scripts");
  const columns: Column<SqlScript>[] = [
    {
      key: "name",
      header: t("Name"),
      width: "minmax(180px, 2fr)",
      cell: (script) => <b className="ellipsis">{script.name}</b>,
    },
    {
      key: "description",
      header: t("What it does"),
      width: "minmax(200px, 4fr)",
      cell: (script) => <span title={script.description}>{script.description}</span>,
    },
    {
      key: "changed",
      header: t("Changed"),
      width: "150px",
      cell: (script) => <DayTime at={script.updatedAt} />,
    },
  ];
  return (
    <DataTable
      label={t("Saved scripts")}
      columns={columns}
      rows={query.data}
      rowKey={(script) => script.id}
      onOpen={onOpen}
      error={query.error}
      onRetry={() => void query.refetch()}
      empty={
        <EmptyState
          title={t("No saved script yet")}
          text={t("SQL that several steps use is kept here under a name.")}
        />
      }
    />
  );
}

function SecretTable(props: { may: boolean; onReplace: (name: string) => void }): ReactNode {
  const query = useGet<string[]>("/job-secrets");
  const erase = useSend((name: string) => remove(`/job-secrets/${encodeURIComponent(name)}`), {
    stale: ["job-secrets"],
  });
  const ask = (name: string) =>
    confirmAction({
      title: t("Delete the secret {name}?", { name }),
      text: t("Steps that use it fail from now on."),
      action: t("Delete secret"),
      danger: true,
      run: () => erase.mutateAsync(name),
    });
  const columns: Column<string>[] = [
    {
      key: "name",
      header: t("Name"),
      width: "minmax(180px, 1fr)",
      cell: (name) => <code className="ellipsis">{name}</code>,
    },
    { key: "value", header: t("Value"), width: "120px", cell: () => "••••••••" },
    {
      key: "act",
      header: "",
      width: "260px",
      right: true,
      cell: (name) =>
        props.may && (
          <span style={{ display: "inline-flex", gap: 6 }}>
            <Button size="xs" onClick={() => props.onReplace(name)}>
              {t("Replace value…")}
            </Button>
            <Button size="xs" onClick={() => ask(name)}>
              {t("Delete…")}
            </Button>
          </span>
        ),
    },
  ];
  return (
    <DataTable
      label={t("Secrets")}
      columns={columns}
      rows={query.data}
      rowKey={(name) => name}
      error={query.error}
      onRetry={() => void query.refetch()}
      empty={
        <EmptyState
          title={t("No secret yet")}
          text={t(
            "Passwords and keys that steps need are kept here, sealed; a job names them and never holds them.",
          )}
        />
      }
    />
  );
}
