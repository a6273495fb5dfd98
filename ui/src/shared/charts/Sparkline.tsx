import type { ReactNode } from "react";
import classes from "./charts.module.css";
import type { Tone } from "./ProgressBar";

interface SparklineProps {
  values: number[];
  /** In words: "Sent per minute, 820 now". */
  label: string;
  width?: number;
  height?: number;
  tone?: Tone;
  /** Without the area below: comparison in tight rows. */
  lineOnly?: boolean;
  /** The stretch before, grey and dashed. */
  before?: number[];
}

/** The shape of the last stretch, its end marked. Starts from 0. */
export function Sparkline(props: SparklineProps): ReactNode {
  const { values, label, width = 90, height = 28, tone = "live", lineOnly, before = [] } = props;
  const inset = 3;
  const low = lineOnly ? Math.min(...values) : 0;
  const span = Math.max(...values, ...before, low + 1e-9) - low;
  const x = (place: number) =>
    inset + (place / Math.max(1, values.length - 1)) * (width - 2 * inset);
  const y = (value: number) => height - inset - ((value - low) / span) * (height - 2 * inset);
  const path = (list: number[]) =>
    list
      .map((value, place) => `${place ? "L" : "M"}${x(place).toFixed(1)} ${y(value).toFixed(1)}`)
      .join("");
  const line = path(values);
  const last = values.at(-1);
  return (
    <svg
      className={classes.spark}
      data-tone={tone}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      {!lineOnly && values.length > 1 && (
        <path
          className={classes.area}
          d={`${line}L${x(values.length - 1)} ${height}L${x(0)} ${height}Z`}
        />
      )}
      {before.length > 1 && <path className={classes.lineBefore} d={path(before)} />}
      <path className={classes.line} d={line} />
      {last !== undefined && (
        <circle className={classes.end} cx={x(values.length - 1)} cy={y(last)} r={2.5} />
      )}
    </svg>
  );
}
