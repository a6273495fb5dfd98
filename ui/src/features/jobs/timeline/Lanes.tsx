import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, type ReactNode, useRef, useState } from "react";
import { time, weekday } from "../../../shared/format";
import { tn } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import { hasFailed, type TimelineRun } from "../model/types";
import { ofMuster } from "../model/words";
import type { Lane, Mark, Span } from "./lanes";
import { MarkCard, markText, type Shown } from "./MarkCard";
import classes from "./timeline.module.css";

interface LanesProps {
  lanes: Lane[];
  span: Span;
  now: number;
  isWeek: boolean;
}

const ROW = 36;
const HOUR = 3_600_000;

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
  const [shown, setShown] = useState<Shown>();
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
      <div
        ref={scroller}
        className={classes.scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard
        tabIndex={0}
        onScroll={() => setShown(undefined)}
      >
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
                      {ofMuster(lane.jobName)}
                    </AppLink>
                    <span className={classes.count} data-bad={lane.failed > 0 || undefined}>
                      {lane.failed > 0
                        ? tn(lane.failed, "{n} failed", "{n} failed")
                        : lane.runs > 0
                          ? tn(lane.runs, "{n} run", "{n} runs")
                          : ""}
                    </span>
                  </span>
                  <Track lane={lane} now={now} onShow={setShown} />
                </li>
              )
            );
          })}
        </ul>
      </div>
      {shown && <MarkCard {...shown} now={now} />}
    </>
  );
}

interface TrackProps {
  lane: Lane;
  now: number;
  onShow: (shown: Shown | undefined) => void;
}

/** The marks of a lane. One of them takes the focus, and arrow keys lead to the others: a week has hundreds. */
const Track = memo(function Track({ lane, now, onShow }: TrackProps): ReactNode {
  const track = useRef<HTMLSpanElement>(null);
  const [at, setAt] = useState<number>();
  const last = lane.marks.length - 1;
  const current = Math.min(at ?? last, last);
  const move = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(last, current + by));
    setAt(next);
    track.current?.querySelectorAll("a")[next]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys of the links inside
    <span ref={track} className={classes.track} onKeyDown={move}>
      {lane.marks.map((mark, place) => (
        <MarkView
          key={mark.key}
          lane={lane}
          mark={mark}
          now={now}
          isCurrent={place === current}
          onShow={onShow}
        />
      ))}
    </span>
  );
});

interface MarkViewProps extends TrackProps {
  mark: Mark;
  isCurrent: boolean;
}

function MarkView({ lane, mark, now, isCurrent, onShow }: MarkViewProps): ReactNode {
  const label = markText(mark, now);
  const worst = worstOf(mark);
  const show = (event: { currentTarget: HTMLElement }) =>
    onShow({ lane, mark, at: event.currentTarget.getBoundingClientRect() });
  const hide = () => onShow(undefined);
  const isOne = mark.runs.length === 1 && worst?.count === 1;
  return (
    <AppLink
      href={
        worst && (isOne || hasFailed(mark.status))
          ? `/jobs/${lane.jobId}/executions/${worst.id}`
          : `/jobs/${lane.jobId}`
      }
      className={classes.mark}
      data-status={mark.status}
      data-late={mark.slaBreached || undefined}
      style={{ left: `${mark.left * 100}%`, width: `max(7px, ${mark.width * 100}%)` }}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={`${ofMuster(lane.jobName)}: ${label}`}
      onMouseEnter={show}
      onMouseLeave={hide}
      onFocus={show}
      onBlur={hide}
    >
      {null}
    </AppLink>
  );
}

/** Of the runs of a mark the one that gave it its status. */
const worstOf = (mark: Mark): TimelineRun | undefined =>
  mark.runs.findLast((run) => run.status === mark.status) ?? mark.runs.at(-1);
