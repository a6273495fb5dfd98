import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useList } from "../../shared/api";
import { t } from "../../shared/i18n";
import { type Column, DataTable, Toolbar } from "../../shared/table";
import { DayTime, EmptyState, None, Page, PageHeader, StatusMark, shapeOf } from "../../shared/ui";
import { QueueTabs } from "./queues/QueueTabs";
import type { Job } from "./types";

/** What runs and ran: one job for each run of a campaign. */
export function Jobs(): ReactNode {
  const navigate = useNavigate();
  const [search, setSearch] = useState("");
  const list = useList<Job>("/jobs", { search: search || undefined });
  const columns: Column<Job>[] = [
    {
      key: "status",
      header: t("Status"),
      width: "130px",
      cell: (job) => <StatusMark status={shapeOf(job.status)} />,
    },
    {
      key: "name",
      header: t("Job"),
      width: "minmax(220px, 2fr)",
      cell: (job) => <b>{job.name}</b>,
    },
    {
      key: "type",
      header: t("Kind"),
      width: "140px",
      cell: (job) => (job.jobTypeCode === "campaign" ? t("Campaign") : job.jobTypeCode),
    },
    {
      key: "code",
      header: t("Code"),
      optional: true,
      width: "minmax(160px, 2fr)",
      cell: (job) => <span className="ellipsis">{job.code}</span>,
    },
    {
      key: "next",
      header: t("Next run"),
      optional: true,
      width: "140px",
      cell: (job) => (job.nextRunAt ? <DayTime at={job.nextRunAt} /> : <None />),
    },
    {
      key: "created",
      header: t("Started"),
      width: "140px",
      cell: (job) => <DayTime at={job.createdAt} />,
    },
  ];
  return (
    <Page
      title={t("Jobs")}
      fill
      head={
        <>
          <PageHeader
            title={t("Jobs")}
            aside={list.total}
            text={t("Each start of a campaign is a job; its stages can be watched here.")}
          />
          <QueueTabs current="jobs" />
          <Toolbar search={search} onSearch={setSearch} placeholder={t("Name of a job")} />
        </>
      }
    >
      <DataTable
        label={t("Jobs")}
        columns={columns}
        rowKey={(job) => job.id}
        href={(job) => `/jobs/${job.id}`}
        onOpen={(job) => void navigate({ href: `/jobs/${job.id}` })}
        empty={
          search ? (
            <EmptyState
              title={t("No job matches “{search}”", { search })}
              action={<Button onClick={() => setSearch("")}>{t("Clear search")}</Button>}
            />
          ) : (
            <EmptyState
              title={t("No job yet")}
              text={t("Start a campaign, and its job appears here.")}
            />
          )
        }
        {...list.table}
      />
    </Page>
  );
}
