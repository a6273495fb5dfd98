import type { ReactNode } from "react";
import {
  ahead,
  dayTime,
  duration,
  isOtherClock,
  number,
  timeIn,
  zoneName,
} from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import { KeyValue, None, Rail, RailSection, useNowUntil } from "../../../shared/ui";
import { isOver, type JobDependency, type JobDetail, type LastRun } from "../model/types";
import { dependencyWord, took as tookWords, waitForWord } from "../model/words";
import classes from "./job.module.css";

/** So near a moment is told in hours, too. */
const SOON_MS = 36 * 3_600_000;

/** When it runs next, what it waits for, and how far it may go. */
export function JobRail({ job }: { job: JobDetail }): ReactNode {
  const next = job.nextMoments[0];
  const now = useNowUntil(next);
  const definition = job.definition;
  const isOther = job.scheduleType === "cron" && isOtherClock(job.timezone);
  return (
    <Rail
      label={t("About this job")}
      summary={next ? t("Next run {time}", { time: ahead(next, now) }) : t("No run is planned")}
    >
      <RailSection title={t("Next runs")} aside={isOther ? zoneName(job.timezone) : undefined}>
        {job.nextMoments.length > 0 ? (
          <ol className={classes.moments}>
            {job.nextMoments.map((moment) => (
              <li key={moment}>
                <span>{dayTime(moment, now)}</span>
                <span className={classes.quiet}>
                  {isOther
                    ? timeIn(moment, job.timezone)
                    : Date.parse(moment) - now < SOON_MS && ahead(moment, now)}
                </span>
              </li>
            ))}
          </ol>
        ) : (
          <p className={classes.quiet}>{whyNone(job)}</p>
        )}
      </RailSection>
      <Lately runs={job.lastRuns} />
      <Links
        title={t("Waits for")}
        dependencies={job.dependencies.filter((one) => one.direction === "waits_for")}
      />
      <Links
        title={t("Waited for by")}
        dependencies={job.dependencies.filter((one) => one.direction === "waited_for_by")}
      />
      <RailSection title={t("Limits")}>
        <KeyValue
          labelWidth="130px"
          rows={[
            {
              label: t("Agreed time"),
              value: minutes(job.slaDurationMinutes),
            },
            { label: t("Stopped after"), value: minutes(definition?.execution_timeout_minutes) },
            {
              label: t("At the same time"),
              value: number(definition?.max_concurrent_executions ?? 1),
            },
            { label: t("Priority"), value: number(definition?.priority ?? 0) },
          ]}
        />
      </RailSection>
      <RailSection title={t("Who is told")}>
        <p className={classes.quiet}>{whoIsTold(job)}</p>
      </RailSection>
    </Rail>
  );
}

/** How its last runs went, in two numbers. */
function Lately({ runs }: { runs: LastRun[] }): ReactNode {
  const over = runs.filter((run) => isOver(run.status));
  const took = over.flatMap((run) => run.durationSeconds ?? []).sort((a, b) => a - b);
  const middle = took[Math.floor(took.length / 2)];
  if (over.length === 0) return null;
  const well = over.filter((run) => run.status === "success").length;
  return (
    <RailSection title={t("Lately")}>
      <KeyValue
        labelWidth="130px"
        rows={[
          {
            label: t("Succeeded"),
            value: t("{n} of {all}", { n: number(well), all: number(over.length) }),
          },
          {
            label: t("Usually takes"),
            value: middle === undefined ? <None /> : tookWords(middle * 1_000),
          },
        ]}
      />
    </RailSection>
  );
}

const minutes = (value: number | null | undefined): ReactNode =>
  value ? duration(value * 60_000) : <None />;

function whyNone(job: JobDetail): string {
  if (!job.isActive) return t("The job is out of use.");
  if (job.status === "paused") return t("The job is paused.");
  switch (job.scheduleType) {
    case "event_driven":
      return t("It starts when its event happens.");
    case "dependency_based":
      return t("It starts when the jobs it waits for have run.");
    default:
      return t("It starts when somebody starts it.");
  }
}

function whoIsTold(job: JobDetail): string {
  const {
    notify_on_failure = true,
    notify_on_success,
    notification_recipients = [],
  } = job.definition ?? {};
  if (!notify_on_failure && !notify_on_success) return t("Nobody");
  const when =
    notify_on_failure && notify_on_success
      ? t("After every run")
      : notify_on_success
        ? t("When it succeeds")
        : t("When it fails");
  return [when, ...notification_recipients].join(" · ");
}

function Links(props: { title: string; dependencies: JobDependency[] }): ReactNode {
  const { title, dependencies } = props;
  if (dependencies.length === 0) return null;
  return (
    <RailSection title={title} aside={dependencies.length}>
      <ul className={classes.moments}>
        {dependencies.map(({ dependency, otherJobId, otherJobName }) => (
          <li key={otherJobId}>
            <AppLink href={`/jobs/${otherJobId}`} className="ellipsis">
              {otherJobName}
            </AppLink>
            <span className={classes.quiet}>
              {dependency.is_active === false
                ? t("switched off")
                : dependency.dependency_type !== "blocking"
                  ? dependencyWord(dependency.dependency_type)
                  : dependency.wait_for_status !== "success" &&
                    waitForWord(dependency.wait_for_status)}
            </span>
          </li>
        ))}
      </ul>
    </RailSection>
  );
}
