import { Portal } from "@mantine/core";
import type { ReactNode } from "react";
import { dayTime, duration, number } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { StatusMark } from "../../../shared/ui";
import type { TimelineRun } from "../model/types";
import { ofMuster, runShape, runWord } from "../model/words";
import type { Lane, Mark } from "./lanes";
import classes from "./timeline.module.css";

/** Runs named in the card of a mark. */
const NAMED = 8;
const WIDTH = 280;

/** A mark that is pointed at, and where it stands. */
export interface Shown {
  lane: Lane;
  mark: Mark;
  at: DOMRect;
}

/** What a mark stands for. One card for all marks: there may be thousands. Its words are those of the mark's name. */
export function MarkCard({ lane, mark, at, now }: Shown & { now: number }): ReactNode {
  const middle = (at.left + at.right) / 2;
  const left = Math.max(8, Math.min(middle - WIDTH / 2, window.innerWidth - WIDTH - 8));
  const isLow = at.top > 220;
  return (
    <Portal>
      <div
        className={classes.card}
        aria-hidden
        style={{
          left,
          width: WIDTH,
          ...(isLow ? { bottom: window.innerHeight - at.top + 6 } : { top: at.bottom + 6 }),
        }}
      >
        <b>{ofMuster(lane.jobName)}</b>
        {mark.status === "upcoming" && <span>{markText(mark, now)}</span>}
        {mark.runs.slice(-NAMED).map((run) => (
          <span key={run.id} className={classes.cardRun}>
            <StatusMark status={runShape(run.status)} label={runWords(run)} />
            <span>{runTimes(run, now)}</span>
          </span>
        ))}
        {mark.runs.length > NAMED && (
          <span className={classes.quiet}>
            {tn(mark.runs.length - NAMED, "{n} more", "{n} more")}
          </span>
        )}
      </div>
    </Portal>
  );
}

/** A mark in words. */
export function markText(mark: Mark, now: number): string {
  if (mark.status === "upcoming") {
    return mark.moments > 1
      ? tn(mark.moments, "{n} planned run", "{n} planned runs")
      : t("Planned {time}", { time: mark.next ? dayTime(mark.next, now) : "" });
  }
  const [run] = mark.runs;
  if (run && mark.runs.length === 1) return `${runWords(run)} · ${runTimes(run, now)}`;
  const count = mark.runs.reduce((sum, one) => sum + one.count, 0);
  return `${tn(count, "{n} run", "{n} runs")} · ${runWord(mark.status)}`;
}

/** "Succeeded"; of several runs how many they are and how many failed. */
function runWords(run: TimelineRun): string {
  if (run.count === 1)
    return run.stage ? `${run.stage}: ${runWord(run.status)}` : runWord(run.status);
  const all = tn(run.count, "{n} run", "{n} runs");
  return run.failed > 0
    ? t("{runs}, {n} failed", { runs: all, n: number(run.failed) })
    : `${all} · ${runWord(run.status)}`;
}

function runTimes(run: TimelineRun, now: number): string {
  const begin = run.startedAt ?? run.dueAt;
  const end = run.completedAt ? Date.parse(run.completedAt) : now;
  return [
    dayTime(begin, now),
    run.startedAt && duration(Math.max(0, end - Date.parse(run.startedAt))),
    run.slaBreached && t("longer than agreed"),
  ]
    .filter(Boolean)
    .join(" · ");
}
