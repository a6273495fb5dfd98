import { Button } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { useGet, useLive } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { EmptyState, InlineError, Loading, Page } from "../../../shared/ui";
import { CampaignJob } from "../campaign/CampaignJob";
import type { Job as CampaignJobData } from "../campaign/types";
import type { JobDetail } from "../model/types";
import { ExecutionPage } from "../run/ExecutionPage";
import { OwnJob } from "./OwnJob";

/** One job, or one of its runs. A campaign's job has stages, all others have steps. */
export function JobPage(): ReactNode {
  const go = useGo();
  const { id, execution } = useParams({ strict: false }) as { id: string; execution?: string };
  const query = useGet<JobDetail & CampaignJobData>(`/jobs/${id}`);
  const job = query.data?.id === id ? query.data : undefined;
  const live = useLive<unknown>(`campaign:${job?.campaignId ?? ""}`);
  const refetch = query.refetch;
  // Every push means that the stages moved on.
  useEffect(() => {
    if (live !== undefined) void refetch();
  }, [live, refetch]);
  if (job?.campaignId) return <CampaignJob key={execution} job={job} execution={execution} />;
  if (job && execution) return <ExecutionPage key={execution} job={job} id={execution} />;
  if (job) return <OwnJob key={id} job={job} />;
  return (
    <Page title={t("Job")} parents={[{ label: t("Jobs"), href: "/jobs" }]}>
      {query.error?.status === 404 ? (
        <EmptyState
          title={t("There is no such job")}
          text={t("It was deleted, or the link is wrong.")}
          action={<Button onClick={() => go("/jobs")}>{t("Show all jobs")}</Button>}
        />
      ) : query.error ? (
        <InlineError error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}
