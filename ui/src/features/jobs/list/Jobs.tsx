import { Button, Menu } from "@mantine/core";
import {
  IconDownload,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlus,
  IconUpload,
} from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useList, useMay } from "../../../shared/api";
import { sayError } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { DataTable, SelectionBar, Toolbar, useFilters } from "../../../shared/table";
import { EmptyState, MoreMenu, Page, PageHeader } from "../../../shared/ui";
import { JobTabs } from "../JobTabs";
import { SCHEDULES } from "../model/definition";
import { kindWords, useKinds } from "../model/kinds";
import type { Job, JobFile } from "../model/types";
import { useJobActs } from "../model/useAct";
import { scheduleName } from "../model/words";
import { columns } from "./columns";
import { Examples } from "./Examples";
import { exportJobs } from "./exchange";
import { ImportDialog } from "./ImportDialog";
import { RunDialog } from "./RunDialog";

const origins = () => [
  { key: "own", label: t("Made here") },
  { key: "built_in", label: t("Built-in") },
  { key: "campaign", label: t("Campaigns") },
];
const statuses = () => [
  { key: "active", label: t("Active") },
  { key: "paused", label: t("Paused") },
  { key: "running", label: t("Running") },
  { key: "completed", label: t("Completed") },
  { key: "failed", label: t("Failed") },
  { key: "cancelled", label: t("Cancelled") },
];
const schedules = () => SCHEDULES.map((key) => ({ key, label: scheduleName(key) }));

/** All jobs: those that people made, those that come with Muster, and the runs of campaigns. */
export function Jobs(): ReactNode {
  const go = useGo();
  const may = useMay()("manageJobs");
  const acts = useJobActs();
  const [search, setSearch] = useState("");
  const [running, setRunning] = useState<Job>();
  /** Open, and with a file where an example was chosen. */
  const [importing, setImporting] = useState<{ file?: JobFile }>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const filters = useFilters({
    kind: { label: t("Origin"), options: origins() },
    status: { label: t("Status"), options: statuses() },
    scheduleType: { label: t("Starts"), options: schedules() },
    jobTypeId: {
      label: t("Kind"),
      options: useKinds().map(({ code }) => ({ key: code, label: kindWords(code).name })),
    },
  });
  const list = useList<Job>("/jobs", { search, ...filters.values });
  const isNarrowed = Boolean(search) || filters.isOn;
  const showAll = () => {
    setSearch("");
    filters.clear();
  };
  const save = (ids?: string[]) => void exportJobs(ids).catch(sayError);
  const chosen = (list.rows ?? []).filter((job) => selected.has(job.id));
  return (
    <Page
      title={t("Jobs")}
      fill
      head={
        <>
          <PageHeader
            title={t("Jobs")}
            aside={list.total}
            text={t("What Muster does by itself: your own chains, built-in upkeep, and campaigns.")}
            actions={
              may && (
                <>
                  <MoreMenu variant="default" label={t("More about all jobs")}>
                    <Menu.Item
                      leftSection={<IconDownload size={15} stroke={1.6} />}
                      onClick={() => save()}
                    >
                      {t("Export all jobs")}
                    </Menu.Item>
                    <Menu.Divider />
                    <Menu.Item
                      leftSection={<IconPlayerPause size={15} stroke={1.6} />}
                      onClick={acts.askPauseAll}
                    >
                      {t("Pause all jobs…")}
                    </Menu.Item>
                    <Menu.Item
                      leftSection={<IconPlayerPlay size={15} stroke={1.6} />}
                      onClick={acts.askResumeAll}
                    >
                      {t("Resume all jobs…")}
                    </Menu.Item>
                  </MoreMenu>
                  <Button
                    leftSection={<IconUpload size={15} stroke={1.6} />}
                    onClick={() => setImporting({})}
                  >
                    {t("Import…")}
                  </Button>
                  <Button
                    variant="filled"
                    leftSection={<IconPlus size={15} stroke={1.6} />}
                    onClick={() => go("/jobs/new")}
                  >
                    {t("Create job")}
                  </Button>
                </>
              )
            }
          />
          <JobTabs current="jobs" />
          <Toolbar search={search} onSearch={setSearch} placeholder={t("Name or code of a job")}>
            {filters.bar}
          </Toolbar>
        </>
      }
    >
      <DataTable
        {...list.table}
        label={t("Jobs")}
        rowHeight={48}
        columns={columns({ may, onRun: setRunning, onToggle: acts.toggle })}
        rowKey={(job) => job.id}
        href={(job) => `/jobs/${job.id}`}
        onOpen={(job) => go(`/jobs/${job.id}`)}
        tone={(job) => (job.status === "paused" || !job.isActive ? "quiet" : undefined)}
        selected={may ? selected : undefined}
        onSelect={may ? setSelected : undefined}
        empty={
          isNarrowed ? (
            <EmptyState
              title={search ? t("No job matches “{search}”", { search }) : t("No job is like that")}
              action={<Button onClick={showAll}>{t("Show all jobs")}</Button>}
            />
          ) : (
            <Examples may={may} onImport={(file) => setImporting({ file })} />
          )
        }
      />
      {!isNarrowed && list.rows && list.rows.length > 0 && !list.hasNextPage && (
        <FirstSteps rows={list.rows} may={may} onImport={(file) => setImporting({ file })} />
      )}
      <SelectionBar count={chosen.length} onClear={() => setSelected(new Set())}>
        <Button variant="subtle" onClick={() => save(chosen.map((job) => job.id))}>
          {t("Export")}
        </Button>
        <Button
          variant="subtle"
          onClick={() => {
            for (const job of chosen) if (job.status === "active") void acts.toggle(job);
          }}
        >
          {t("Pause")}
        </Button>
        <Button
          variant="subtle"
          onClick={() => {
            for (const job of chosen) if (job.status === "paused") void acts.toggle(job);
          }}
        >
          {t("Resume")}
        </Button>
      </SelectionBar>
      {running && <RunDialog job={running} onClose={() => setRunning(undefined)} />}
      {importing && <ImportDialog {...importing} onClose={() => setImporting(undefined)} />}
    </Page>
  );
}

/** Built-in jobs are there from the first day: the examples stand below them until there is a job of one's own. */
function FirstSteps(props: {
  rows: Job[];
  may: boolean;
  onImport: (file: JobFile) => void;
}): ReactNode {
  return props.rows.every((job) => job.kind !== "own") ? <Examples {...props} /> : null;
}
