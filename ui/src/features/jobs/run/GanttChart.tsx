import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";
import { duration, time, timeSeconds } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { StatusShape } from "../../../shared/ui";
import type { StepRun } from "../model/types";
import { progressWord, stepShape, stepWord, took } from "../model/words";
import { type Bar, gantt, type Row, share, type Tick } from "./gantt";
import classes from "./gantt.module.css";

interface GanttChartProps {
  run: { startedAt?: string | null; completedAt?: string | null; steps: StepRun[] };
  now: number;
  selected?: string;
  onSelect: (code: string) => void;
}

const ROW = 32;
/** Ticks nearer to now than this give way to it. */
const NOW_PERCENT = 8;
/** The label of a tick nearer to the left edge than this stands to its right. */
const EDGE_PERCENT = 5;

/** A row for each step and a bar for each try, on one axis of time. */
export function GanttChart({ run, now, selected, onSelect }: GanttChartProps): ReactNode {
  const picture = gantt(run, now);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: picture.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
    initialRect: { width: 800, height: 600 },
  });
  const origin = picture.from;
  // The label of now needs room.
  const shown = picture.ticks.filter(
    (tick) =>
      picture.now === undefined ||
      Math.abs(share(tick.at, picture) - share(picture.now, picture)) > NOW_PERCENT,
  );
  return (
    <div className={classes.gantt} role="table" aria-label={t("When each step ran")}>
      <div className={classes.axis} aria-hidden>
        {shown.map((tick) => (
          <span
            key={tick.at}
            className={classes.tick}
            data-edge={share(tick.at, picture) < EDGE_PERCENT || undefined}
            style={{ left: `${share(tick.at, picture)}%` }}
          >
            {tickText(tick, origin)}
          </span>
        ))}
        {picture.now !== undefined && (
          <span className={classes.nowText} style={{ left: `${share(picture.now, picture)}%` }}>
            {timeSeconds(picture.now)}
          </span>
        )}
      </div>
      <div ref={scroller} className={classes.rows}>
        <div className={classes.field} style={{ height: virtual.getTotalSize() }}>
          <div className={classes.grid} aria-hidden>
            {picture.ticks.map((tick) => (
              <span key={tick.at} style={{ left: `${share(tick.at, picture)}%` }} />
            ))}
            {picture.now !== undefined && (
              <span
                className={classes.nowLine}
                style={{ left: `${share(picture.now, picture)}%` }}
              />
            )}
          </div>
          {virtual.getVirtualItems().map((item) => {
            const row = picture.rows[item.index];
            return (
              row && (
                <button
                  key={row.code}
                  type="button"
                  role="row"
                  className={classes.row}
                  style={{ transform: `translateY(${item.start}px)` }}
                  aria-selected={row.code === selected}
                  aria-label={rowText(row)}
                  onClick={() => onSelect(row.code)}
                >
                  <span role="rowheader" className={classes.name}>
                    <StatusShape status={stepShape(row.status)} />
                    <span className="ellipsis" title={row.name}>
                      {row.name}
                    </span>
                    {row.progress !== undefined && (
                      <span className={classes.share}>{progressWord(row.progress)}</span>
                    )}
                  </span>
                  <span role="cell" className={classes.track}>
                    {row.bars.map((bar) => (
                      <BarMark key={bar.attempt} bar={bar} row={row} range={picture} />
                    ))}
                    <After row={row} range={picture} />
                  </span>
                </button>
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface BarMarkProps {
  bar: Bar;
  row: Row;
  range: { from: number; to: number };
}

/** A try: its length is time; where it says how far it has come, that part of it is filled. */
function BarMark({ bar, row, range }: BarMarkProps): ReactNode {
  const left = share(bar.from, range);
  const style = { left: `${left}%`, width: `max(3px, ${share(bar.to, range) - left}%)` };
  const { progress } = row;
  if (!bar.isOpen || progress === undefined) {
    return (
      <span className={classes.bar} data-status={bar.status} style={style} title={barText(bar)} />
    );
  }
  return (
    <span
      role="progressbar"
      aria-label={t("How far {name} is", { name: row.name })}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(progress * 100)}
      className={classes.bar}
      data-status="partly"
      style={style}
      title={`${barText(bar)} · ${progressWord(progress)}`}
    >
      <span className={classes.filled} style={{ width: `${progress * 100}%` }} />
    </span>
  );
}

/** How long it took, behind the last bar; before it where there is no room behind. */
function After({ row, range }: { row: Row; range: { from: number; to: number } }): ReactNode {
  const last = row.bars.at(-1);
  const first = row.bars[0];
  if (!last || !first) {
    return <span className={classes.after}>{unseenWord(row)}</span>;
  }
  const end = share(last.to, range);
  const text = took(last.to - last.from);
  return end < 86 ? (
    <span className={classes.after} style={{ left: `calc(${end}% + 8px)` }}>
      {text}
    </span>
  ) : (
    <span
      className={classes.after}
      style={{ right: `calc(${100 - share(first.from, range)}% + 6px)` }}
    >
      {row.bars.length === 1 && share(first.from, range) > 14 ? text : ""}
    </span>
  );
}

/** Why a row has no bar. */
const unseenWord = (row: Row): string => {
  if (row.isKept) return t("Done in the earlier run");
  return row.status === "skipped" ? stepWord("skipped") : "";
};

const barText = (bar: Bar): string =>
  [
    t("Try {n}", { n: bar.attempt }),
    stepWord(bar.status),
    `${timeSeconds(bar.from)} – ${bar.isOpen ? t("now") : timeSeconds(bar.to)}`,
    took(bar.to - bar.from),
  ].join(" · ");

const rowText = (row: Row): string =>
  [
    row.name,
    stepWord(row.status),
    ...(row.progress === undefined ? [] : [progressWord(row.progress)]),
    ...(row.isKept ? [unseenWord(row)] : []),
    ...row.bars.map(barText),
  ].join(", ");

function tickText(tick: Tick, origin: number): string {
  if (tick.by === "millisecond") return t("{n} ms", { n: tick.at - origin });
  if (tick.by === "offset") return duration(tick.at - origin);
  return tick.by === "second" ? timeSeconds(tick.at) : time(tick.at);
}
