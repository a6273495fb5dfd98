import { type PointerEvent, type ReactNode, useState } from "react";
import classes from "./charts.module.css";
import type { LineChartProps, Series } from "./LineChart";
import { spread, ticks } from "./scale";

interface PlotProps extends LineChartProps {
  width: number;
  height: number;
  format: (value: number) => string;
}

const EDGE = { top: 10, bottom: 24, left: 44, right: 104 };

/** The drawing itself, in pixels of the width it got. */
export function Plot(props: PlotProps): ReactNode {
  const { labels, series, width, height, format, bands = [], area = true } = props;
  const [at, setAt] = useState<number>();
  const lines = ticks(Math.max(0, ...series.flatMap((one) => one.values.map((v) => v ?? 0))));
  const top = lines.at(-1) ?? 1;
  const right = width - EDGE.right;
  const bottom = height - EDGE.bottom;
  const count = Math.max(1, labels.length - 1);
  const x = (place: number) => EDGE.left + (place / count) * (right - EDGE.left);
  const y = (value: number) => bottom - (value / top) * (bottom - EDGE.top);
  const path = ({ values, kind }: Series) => pathOf(values, x, y, kind === "limit");
  const first = series[0];
  const move = (event: PointerEvent<SVGSVGElement>) => {
    const offset = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const place = Math.round(((offset - EDGE.left) / (right - EDGE.left)) * count);
    setAt(place >= 0 && place <= count ? place : undefined);
  };
  const ends = series.map((one) => y(one.values.findLast((v) => v !== null) ?? 0));
  const shown = spread(ends, 16, bottom);
  const every = Math.max(
    1,
    Math.ceil(labels.length / Math.max(2, Math.floor((right - EDGE.left) / 130))),
  );
  return (
    <svg
      width={width}
      height={height}
      aria-hidden
      onPointerMove={move}
      onPointerLeave={() => setAt(undefined)}
    >
      {lines.map((value) => (
        <g key={value}>
          <line
            className={value ? classes.grid : classes.axis}
            x1={EDGE.left}
            x2={right}
            y1={y(value)}
            y2={y(value)}
          />
          <text className={classes.tick} x={EDGE.left - 8} y={y(value) + 4} textAnchor="end">
            {format(value)}
          </text>
        </g>
      ))}
      {labels.map((label, place) =>
        place % every === 0 ? (
          <text
            key={place}
            className={classes.tick}
            x={x(place)}
            y={height - 6}
            textAnchor={place ? "middle" : "start"}
          >
            {label}
          </text>
        ) : null,
      )}
      {bands.map((band) => (
        <g key={band.label}>
          <rect
            className={classes.band}
            x={x(band.from)}
            y={EDGE.top}
            width={x(band.to) - x(band.from)}
            height={bottom - EDGE.top}
          />
          <text className={classes.bandLabel} x={x(band.from) + 5} y={bottom - 8}>
            {band.label}
          </text>
        </g>
      ))}
      {area && first && first.values.length > 1 && (
        <path
          className={classes.plotArea}
          d={`${path(first)}L${x(first.values.length - 1)} ${bottom}L${x(0)} ${bottom}Z`}
        />
      )}
      {series.map((one, place) => (
        <path
          key={one.name}
          className={classes.plotLine}
          data-kind={one.kind ?? "main"}
          data-place={place + 1}
          d={path(one)}
        />
      ))}
      {series.map((one, place) => (
        <text
          key={one.name}
          className={classes.endLabel}
          data-kind={one.kind ?? "main"}
          data-place={place + 1}
          x={right + 10}
          y={(shown[place] ?? 0) + 4}
        >
          {`${format(one.values.findLast((v) => v !== null) ?? 0)} ${one.name}`}
        </text>
      ))}
      {at !== undefined && (
        <Cursor
          {...{
            at,
            x: x(at),
            top: EDGE.top,
            bottom,
            series,
            labels,
            format,
            flip: x(at) > right - 140,
          }}
        />
      )}
    </svg>
  );
}

/** Limits change at once: they are drawn as steps. */
function pathOf(
  values: (number | null)[],
  x: (place: number) => number,
  y: (value: number) => number,
  steps: boolean,
): string {
  let text = "";
  let pen = false;
  values.forEach((value, place) => {
    if (value !== null) {
      const across = pen && steps ? `H${x(place).toFixed(1)}` : "";
      text += `${across}${pen ? "L" : "M"}${x(place).toFixed(1)} ${y(value).toFixed(1)}`;
    }
    pen = value !== null;
  });
  return text;
}

interface CursorProps {
  at: number;
  x: number;
  top: number;
  bottom: number;
  flip: boolean;
  labels: string[];
  series: Series[];
  format: (value: number) => string;
}

function Cursor({ at, x, top, bottom, flip, labels, series, format }: CursorProps): ReactNode {
  const rows = [
    labels[at] ?? "",
    ...series.map((one) => `${show(one.values[at], format)} ${one.name}`),
  ];
  const left = flip ? x - 10 : x + 10;
  return (
    <g pointerEvents="none">
      <line className={classes.cursor} x1={x} x2={x} y1={top} y2={bottom} />
      {rows.map((row, place) => (
        <text
          key={row}
          className={classes.cursorText}
          x={left}
          y={top + 12 + place * 16}
          textAnchor={flip ? "end" : "start"}
        >
          {row}
        </text>
      ))}
    </g>
  );
}

const show = (value: number | null | undefined, format: (value: number) => string) =>
  value === null || value === undefined ? "–" : format(value);
