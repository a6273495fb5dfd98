import { Button, Menu, SegmentedControl } from "@mantine/core";
import { IconPencil, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useMay } from "../../../shared/api";
import { sayError } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { EmptyState, MoreMenu, Page, PageHeader } from "../../../shared/ui";
import { PlanGraph } from "../graph/StepGraph";
import { JobMark } from "../list/columns";
import { exportJobs } from "../list/exchange";
import { RunDialog } from "../list/RunDialog";
import { RunStrip } from "../list/RunStrip";
import type { JobDetail } from "../model/types";
import { useJobActs } from "../model/useAct";
import { ofMuster, scheduleWord } from "../model/words";
import { RunTable } from "../runs/RunTable";
import { JobRail } from "./JobRail";
import classes from "./job.module.css";
import { WebhookDialog } from "./WebhookDialog";

/** A job that people made, or that comes with Muster: its runs, its steps, when it runs next. */
export function OwnJob({ job }: { job: JobDetail }): ReactNode {
  const [view, setView] = useState("runs");
  const steps = job.definition?.steps ?? [];
  return (
    <Page
      title={ofMuster(job.name)}
      parents={[{ label: t("Jobs"), href: "/jobs" }]}
      fill
      rail={<JobRail job={job} />}
      head={
        <PageHeader
          title={ofMuster(job.name)}
          aside={<JobMark job={job} strong />}
          text={[
            job.isBuiltIn && t("Comes with Muster"),
            scheduleWord(job),
            job.description && ofMuster(job.description),
          ]
            .filter(Boolean)
            .join(" · ")}
          actions={<Acts job={job} />}
        />
      }
    >
      <div className={classes.tools}>
        <SegmentedControl
          size="xs"
          aria-label={t("What is shown")}
          value={view}
          onChange={setView}
          data={[
            { value: "runs", label: t("Runs") },
            { value: "steps", label: `${t("Steps")} ${steps.length || ""}` },
          ]}
        />
        <span className={classes.strip}>
          <RunStrip jobId={job.id} jobName={ofMuster(job.name)} runs={job.lastRuns} />
        </span>
      </div>
      {view === "runs" ? <RunTable query={{ jobId: job.id }} ofJob /> : <Steps job={job} />}
    </Page>
  );
}

function Steps({ job }: { job: JobDetail }): ReactNode {
  const go = useGo();
  const steps = job.definition?.steps ?? [];
  if (steps.length === 0) {
    return (
      <EmptyState
        title={t("No steps")}
        text={
          job.isBuiltIn
            ? t("What this job does is part of Muster.")
            : t("Give the job steps, and it has something to do.")
        }
      />
    );
  }
  return (
    <div className={classes.graph}>
      <PlanGraph
        steps={steps}
        onSelect={(code) => go(`/jobs/${job.id}/edit?step=${encodeURIComponent(code)}`)}
      />
      <ol className="visually-hidden">
        {steps.map((step) => (
          <li key={step.step_code}>{step.step_name || step.step_code}</li>
        ))}
      </ol>
    </div>
  );
}

function Acts({ job }: { job: JobDetail }): ReactNode {
  const go = useGo();
  const may = useMay()("manageJobs");
  const acts = useJobActs();
  const [open, setOpen] = useState<"run" | "webhook">();
  if (!may) return null;
  const isPaused = job.status === "paused";
  return (
    <>
      <MoreMenu variant="default" label={t("More about this job")}>
        {job.definition?.trigger_event_type === "webhook" && (
          <Menu.Item onClick={() => setOpen("webhook")}>{t("Webhook…")}</Menu.Item>
        )}
        {!job.isBuiltIn && (
          <>
            <Menu.Item onClick={() => void exportJobs([job.id]).catch(sayError)}>
              {t("Export")}
            </Menu.Item>
            <Menu.Item onClick={() => go(`/jobs/new?from=${job.id}`)}>{t("Copy job…")}</Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" onClick={() => acts.askDelete(job, () => go("/jobs"))}>
              {t("Delete job…")}
            </Menu.Item>
          </>
        )}
      </MoreMenu>
      <Button
        leftSection={
          isPaused ? (
            <IconPlayerPlay size={15} stroke={1.6} />
          ) : (
            <IconPlayerPause size={15} stroke={1.6} />
          )
        }
        onClick={() => void acts.toggle(job)}
      >
        {isPaused ? t("Resume") : t("Pause")}
      </Button>
      <Button
        leftSection={<IconPencil size={15} stroke={1.6} />}
        onClick={() => go(`/jobs/${job.id}/edit`)}
      >
        {t("Edit job")}
      </Button>
      <Button variant="filled" onClick={() => setOpen("run")}>
        {t("Run now…")}
      </Button>
      {open === "run" && <RunDialog job={job} onClose={() => setOpen(undefined)} />}
      {open === "webhook" && <WebhookDialog job={job} onClose={() => setOpen(undefined)} />}
    </>
  );
}
