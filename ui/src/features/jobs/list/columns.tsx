import { ActionIcon } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { dayTime, duration, number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import type { Column } from "../../../shared/table";
import { None, StatusMark, StatusShape, shapeOf, TimeAhead } from "../../../shared/ui";
import type { Job } from "../model/types";
import { ofMuster, scheduleWord } from "../model/words";
import classes from "./list.module.css";
import { RunStrip } from "./RunStrip";

interface Acts {
  may: boolean;
  onRun: (job: Job) => void;
  onToggle: (job: Job) => void;
}

export const columns = ({ may, onRun, onToggle }: Acts): Column<Job>[] => [
  {
    key: "name",
    header: t("Job"),
    width: "minmax(210px, 3fr)",
    cell: (job) => (
      <span className={classes.two}>
        <span className={classes.name}>
          <b className="ellipsis">{ofMuster(job.name)}</b>
          {job.isBuiltIn && <span className={classes.tag}>{t("Built-in")}</span>}
        </span>
        <span className={`${classes.second} ellipsis`} title={scheduleWord(job)}>
          {job.kind === "campaign" ? t("Campaign") : scheduleWord(job)}
        </span>
      </span>
    ),
  },
  {
    key: "status",
    header: t("Status"),
    width: "112px",
    cell: (job) => <JobMark job={job} />,
  },
  {
    key: "runs",
    header: t("Last ten runs"),
    width: "148px",
    cell: (job) => <RunStrip jobId={job.id} jobName={ofMuster(job.name)} runs={job.lastRuns} />,
  },
  {
    key: "now",
    header: t("Now"),
    width: "64px",
    cell: (job) => <Now job={job} />,
  },
  {
    key: "next",
    header: t("Next run"),
    width: "128px",
    cell: (job) => <Next job={job} />,
  },
  {
    key: "sla",
    header: t("Agreed time"),
    optional: true,
    width: "96px",
    cell: (job) => <Agreed job={job} />,
  },
  ...(may
    ? [
        {
          key: "act",
          header: "",
          width: "64px",
          right: true,
          cell: (job: Job) => <RowActs job={job} onRun={onRun} onToggle={onToggle} />,
        },
      ]
    : []),
];

/** Of a campaign's job how it came out; of others whether the schedule is kept. */
export function JobMark({ job, strong }: { job: Job; strong?: boolean }): ReactNode {
  if (job.kind === "campaign") return <StatusMark status={shapeOf(job.status)} strong={strong} />;
  if (!job.isActive)
    return <StatusMark status="cancelled" label={t("Out of use")} strong={strong} />;
  if (job.status === "paused") return <StatusMark status="paused" strong={strong} />;
  if (job.runningCount > 0) return <StatusMark status="running" strong={strong} />;
  return job.scheduleType === "manual" ? (
    <StatusMark status="draft" label={t("Ready")} strong={strong} />
  ) : (
    <StatusMark status="scheduled" label={t("Active")} strong={strong} />
  );
}

function Now({ job }: { job: Job }): ReactNode {
  if (job.runningCount + job.waitingCount === 0) return <None />;
  return (
    <span className={classes.now}>
      {job.runningCount > 0 && (
        <span title={t("At work now")}>
          <StatusShape status="running" />
          <span className="visually-hidden">{t("At work now")}</span>
          {number(job.runningCount)}
        </span>
      )}
      {job.waitingCount > 0 && (
        <span title={t("Waiting now")}>
          <StatusShape status="waiting" />
          <span className="visually-hidden">{t("Waiting now")}</span>
          {number(job.waitingCount)}
        </span>
      )}
    </span>
  );
}

function Next({ job }: { job: Job }): ReactNode {
  if (!job.nextRunAt) return <None />;
  return (
    <span className={classes.two}>
      <span className="ellipsis">
        <TimeAhead at={job.nextRunAt} />
      </span>
      <span className={classes.second}>{dayTime(job.nextRunAt)}</span>
    </span>
  );
}

function Agreed({ job }: { job: Job }): ReactNode {
  if (!job.slaDurationMinutes) return <None />;
  const isLate = job.lastRuns.at(-1)?.slaBreached;
  return (
    <span className={classes.two}>
      <span>{duration(job.slaDurationMinutes * 60_000)}</span>
      {isLate && (
        <span className={classes.second} style={{ color: "var(--m-warn)" }}>
          {t("missed last time")}
        </span>
      )}
    </span>
  );
}

function RowActs({ job, onRun, onToggle }: { job: Job } & Omit<Acts, "may">): ReactNode {
  if (job.kind === "campaign") return null;
  const isPaused = job.status === "paused";
  const run = t("Run {name} now", { name: ofMuster(job.name) });
  const toggle = isPaused
    ? t("Resume {name}", { name: ofMuster(job.name) })
    : t("Pause {name}", { name: ofMuster(job.name) });
  return (
    <span className={classes.actions}>
      <ActionIcon aria-label={run} title={t("Run now…")} onClick={() => onRun(job)}>
        <IconPlayerPlay size={15} stroke={1.6} />
      </ActionIcon>
      <ActionIcon
        aria-label={toggle}
        title={isPaused ? t("Resume") : t("Pause")}
        onClick={() => onToggle(job)}
      >
        {isPaused ? (
          <IconPlayerTrackNext size={15} stroke={1.6} />
        ) : (
          <IconPlayerPause size={15} stroke={1.6} />
        )}
      </ActionIcon>
    </span>
  );
}
