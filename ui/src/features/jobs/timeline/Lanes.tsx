import { HoverCard } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";
import { dayTime, duration, time, weekday } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import { StatusMark } from "../../../shared/ui";
import type { TimelineRun } from "../model/types";
import { runShape, runWord } from "../model/words";
import type { Lane, Mark, Span } from "./lanes";
import classes from "./timeline.module.css";

interface LanesProps {
  lanes: Lane[];
  span: Span;
  now: number;
  isWeek: boolean;
}

const ROW = 36;
const HOUR = 3_600_000;
/** Runs named in the card of a mark. */
const NAMED = 8;

/** A lane for each job; as many as there are, drawn where they are seen. */
export function Lanes({ lanes, span, now, isWeek }: LanesProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lanes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    initialRect: { width: 1_000, height: 600 },
  });
  const share = (at: number) => ((at - span.from) / (span.to - span.from)) * 100;
  const step = isWeek ? 24 * HOUR : 2 * HOUR;
  const ticks = Array.from(
    { length: Math.ceil((span.to - span.from) / step) },
    (_, at) => span.from + at * step,
  );
  /** The label of now needs room; those of ticks begin at theirs. */
  const isClear = (at: number) => share(now) - share(at) > 6 || share(at) - share(now) > 2.5;
  const isNow = now >= span.from && now <= span.to;
  return (
    <>
      <div className={classes.axis} aria-hidden>
        {ticks.filter(isClear).map((at) => (
          <span key={at} style={{ left: `${share(at)}%` }}>
            {isWeek ? `${weekday(at + 12 * HOUR).name} ${weekday(at + 12 * HOUR).date}` : time(at)}
          </span>
        ))}
        {isNow && (
          <span className={classes.nowText} style={{ left: `${share(now)}%` }}>
            {time(now)}
          </span>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard */}
      <div ref={scroller} className={classes.scroller} tabIndex={0}>
        <ul className={classes.lanes} style={{ height: virtual.getTotalSize() }}>
          <li className={classes.grid} aria-hidden>
            {ticks.map((at) => (
              <span key={at} style={{ left: `${share(at)}%` }} />
            ))}
            {isNow && <span className={classes.nowLine} style={{ left: `${share(now)}%` }} />}
          </li>
          {virtual.getVirtualItems().map((item) => {
            const lane = lanes[item.index];
            return (
              lane && (
                <li
                  key={lane.jobId}
                  className={classes.lane}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <span className={classes.name}>
                    <AppLink href={`/jobs/${lane.jobId}`} className="ellipsis">
                      {lane.jobName}
                    </AppLink>
                    <span className={classes.count} data-bad={lane.failed > 0 || undefined}>
                      {lane.failed > 0
                        ? tn(lane.failed, "{n} failed", "{n} failed")
                        : lane.runs > 0
                          ? tn(lane.runs, "{n} run", "{n} runs")
                          : ""}
                    </span>
                  </span>
                  <span className={classes.track}>
                    {lane.marks.map((mark) => (
                      <MarkView key={mark.key} lane={lane} mark={mark} now={now} />
                    ))}
                  </span>
                </li>
              )
            );
          })}
        </ul>
      </div>
    </>
  );
}

function MarkView({ lane, mark, now }: { lane: Lane; mark: Mark; now: number }): ReactNode {
  const label = markText(mark, now);
  const shape = (
    <AppLink
      href={
        mark.runs.length === 1
          ? `/jobs/${lane.jobId}/executions/${mark.runs[0]?.id}`
          : `/jobs/${lane.jobId}`
      }
      className={classes.mark}
      data-status={mark.status}
      data-late={mark.slaBreached || undefined}
      style={{ left: `${mark.left * 100}%`, width: `max(7px, ${mark.width * 100}%)` }}
      aria-label={`${lane.jobName}: ${label}`}
    >
      <span className="visually-hidden">{label}</span>
    </AppLink>
  );
  return (
    <HoverCard openDelay={120} closeDelay={60} position="top" width={280} shadow="md">
      <HoverCard.Target>{shape}</HoverCard.Target>
      <HoverCard.Dropdown>
        <div className={classes.card}>
          <b>{lane.jobName}</b>
          {mark.status === "upcoming" && <span>{label}</span>}
          {mark.runs.slice(-NAMED).map((run) => (
            <span key={run.id} className={classes.cardRun}>
              <StatusMark status={runShape(run.status)} label={runWord(run.status)} />
              <span>{runTimes(run, now)}</span>
            </span>
          ))}
          {mark.runs.length > NAMED && (
            <span className={classes.quiet}>
              {tn(mark.runs.length - NAMED, "{n} more", "{n} more")}
            </span>
          )}
        </div>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}

function markText(mark: Mark, now: number): string {
  if (mark.status === "upcoming") {
    const first = mark.moments[0];
    return mark.moments.length > 1
      ? tn(mark.moments.length, "{n} planned run", "{n} planned runs")
      : t("Planned {time}", { time: first ? dayTime(first, now) : "" });
  }
  const [run] = mark.runs;
  if (mark.runs.length > 1 || !run) {
    return `${tn(mark.runs.length, "{n} run", "{n} runs")} · ${runWord(mark.status)}`;
  }
  return `${runWord(run.status)} · ${runTimes(run, now)}`;
}

function runTimes(run: TimelineRun, now: number): string {
  const begin = run.startedAt ?? run.dueAt;
  if (!begin) return "";
  const end = run.completedAt ? Date.parse(run.completedAt) : now;
  return [
    dayTime(begin, now),
    run.startedAt && duration(Math.max(0, end - Date.parse(run.startedAt))),
    run.slaBreached && t("longer than agreed"),
  ]
    .filter(Boolean)
    .join(" · ");
}
