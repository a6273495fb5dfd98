import { type ReactNode, useState } from "react";
import { t } from "../../../shared/i18n";
import { Chip, FilterMenu, Toolbar } from "../../../shared/table";
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
  const [status, setStatus] = useState<string>();
  const [trigger, setTrigger] = useState<string>();
  const [days, setDays] = useState<string>();
  const [archived, setArchived] = useState<string>();
  // Full hours, so that the question stays the same while somebody reads.
  const from = days
    ? new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - Number(days) * DAY_MS).toISOString()
    : undefined;
  const filters = [
    {
      label: t("Status"),
      options: RUN_STATUSES.map((key) => ({ key: key as string, label: runWord(key) })),
      value: status,
      set: setStatus,
    },
    {
      label: t("Set off by"),
      options: TRIGGERS.map((key) => ({ key, label: triggerWord(key) })),
      value: trigger,
      set: setTrigger,
    },
    {
      label: t("Since"),
      options: [
        { key: "1", label: t("Last 24 hours") },
        { key: "7", label: t("Last 7 days") },
        { key: "30", label: t("Last 30 days") },
      ],
      value: days,
      set: setDays,
    },
    {
      label: t("Record"),
      options: [{ key: "true", label: t("Archived") }],
      value: archived,
      set: setArchived,
    },
  ];
  const showAll = () => {
    setSearch("");
    for (const filter of filters) filter.set(undefined);
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
            {filters.map(({ label, options, value, set }) => {
              const option = options.find((one) => one.key === value);
              return (
                option && (
                  <Chip
                    key={label}
                    label={`${label}: ${option.label}`}
                    onRemove={() => set(undefined)}
                  />
                )
              );
            })}
            <FilterMenu
              groups={filters.map(({ label, options, value, set }) => ({
                label,
                options: options.map((one) => ({
                  label: one.label,
                  on: one.key === value,
                  onToggle: () => set(one.key === value ? undefined : one.key),
                })),
              }))}
            />
          </Toolbar>
        </>
      }
    >
      <RunTable
        query={{ search, status, triggeredBy: trigger, from, archived }}
        isNarrowed={Boolean(search || status || trigger || days || archived)}
        onShowAll={showAll}
      />
    </Page>
  );
}
