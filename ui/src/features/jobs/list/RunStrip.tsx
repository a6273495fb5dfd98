import { Tooltip } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { dayTime } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import { None, StatusShape } from "../../../shared/ui";
import type { LastRun } from "../model/types";
import { runShape, runWord, took } from "../model/words";
import classes from "./list.module.css";

interface RunStripProps {
  jobId: string;
  jobName: string;
  /** Oldest first. */
  runs: LastRun[];
}

/**
 * The last runs as shapes, each a link. One of them takes the focus; the arrow keys go from run to run, so that a list of
 * jobs is not ten stops a row.
 */
export function RunStrip({ jobId, jobName, runs }: RunStripProps): ReactNode {
  const strip = useRef<HTMLOListElement>(null);
  const [at, setAt] = useState<number>();
  // One word for the run that is pointed at, not one for each: a list of jobs has hundreds.
  const [over, setOver] = useState<{ element: HTMLElement; run: LastRun }>();
  if (runs.length === 0) return <None />;
  const current = Math.min(at ?? runs.length - 1, runs.length - 1);
  const move = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(runs.length - 1, current + by));
    setAt(next);
    strip.current?.querySelectorAll("a")[next]?.focus();
  };
  return (
    <ol
      ref={strip}
      className={classes.strip}
      aria-label={t("Last runs of {name}, oldest first", { name: jobName })}
      onKeyDown={move}
      onMouseLeave={() => setOver(undefined)}
    >
      {over && <Tooltip target={over.element} label={runText(over.run)} opened />}
      {runs.map((run, place) => (
        <li key={run.id}>
          <AppLink
            href={`/jobs/${jobId}/executions/${run.id}`}
            className={classes.stripRun}
            aria-label={runText(run)}
            tabIndex={place === current ? 0 : -1}
            data-late={run.slaBreached || undefined}
            onMouseEnter={(event) => setOver({ element: event.currentTarget, run })}
          >
            <StatusShape status={runShape(run.status)} size={12} />
          </AppLink>
        </li>
      ))}
    </ol>
  );
}

/** "Failed · Today 10:42 · 38 s · late". */
export const runText = (run: LastRun): string =>
  [
    runWord(run.status),
    run.startedAt && dayTime(run.startedAt),
    typeof run.durationSeconds === "number" && took(run.durationSeconds * 1_000),
    run.slaBreached && t("longer than agreed"),
  ]
    .filter(Boolean)
    .join(" · ");
