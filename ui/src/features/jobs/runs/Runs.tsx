import { type ReactNode, useState } from "react";
import { t } from "../../../shared/i18n";
import { Toolbar, useFilters } from "../../../shared/table";
import { Page, PageHeader } from "../../../shared/ui";
import { JobTabs } from "../JobTabs";
import { RUN_STATUSES } from "../model/types";
import { runWord, triggerWord } from "../model/words";
import { RunTable } from "./RunTable";

const TRIGGERS = [
  "scheduler",
  "manual",
  "api",
  "webhook",
  "event",
  "dependency",
  "retry",
  "system",
];
const DAY_MS = 86_400_000;

/** Every run of every job, to be searched. */
export function Runs(): ReactNode {
  const [search, setSearch] = useState("");
  const filters = useFilters({
    status: {
      label: t("Status"),
      options: RUN_STATUSES.map((key) => ({ key, label: runWord(key) })),
    },
    triggeredBy: {
      label: t("Set off by"),
      options: TRIGGERS.map((key) => ({ key, label: triggerWord(key) })),
    },
    days: {
      label: t("Since"),
      options: [
        { key: "1", label: t("Last 24 hours") },
        { key: "7", label: t("Last 7 days") },
        { key: "30", label: t("Last 30 days") },
      ],
    },
    archived: { label: t("Record"), options: [{ key: "true", label: t("Archived") }] },
  });
  const { days, ...asked } = filters.values;
  // Full hours, so that the question stays the same while somebody reads.
  const from = days
    ? new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - Number(days) * DAY_MS).toISOString()
    : undefined;
  const showAll = () => {
    setSearch("");
    filters.clear();
  };
  return (
    <Page
      title={t("Runs")}
      parents={[{ label: t("Jobs"), href: "/jobs" }]}
      fill
      head={
        <>
          <PageHeader
            title={t("Runs")}
            text={t(
              "Every time a job ran, or waits to run; search for a job, an error or a reference.",
            )}
          />
          <JobTabs current="runs" />
          <Toolbar search={search} onSearch={setSearch} placeholder={t("Job, error or reference")}>
            {filters.bar}
          </Toolbar>
        </>
      }
    >
      <RunTable
        query={{ search, from, ...asked }}
        isNarrowed={Boolean(search) || filters.isOn}
        onShowAll={showAll}
      />
    </Page>
  );
}
