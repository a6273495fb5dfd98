import type { CSSProperties, ReactNode } from "react";
import classes from "./charts.module.css";

export type Tone = "live" | "done" | "warn" | "bad" | "info" | "rest" | "tint";

export interface Segment {
  value: number;
  tone?: Tone;
}

interface ProgressBarProps {
  /** What is measured, with the numbers in words: "31,408 of 48,216 sent". */
  label: string;
  /** The full width; 0 draws an empty track. */
  total: number;
  /** One number, or several parts in order. */
  value?: number;
  segments?: Segment[];
  tone?: Tone;
  /** 4 in rows, 6 in headers. */
  size?: 4 | 6;
  width?: CSSProperties["width"];
}

/** A flat bar of one or more parts on a track. */
export function ProgressBar(props: ProgressBarProps): ReactNode {
  const { label, total, value = 0, tone = "live", size = 4, width = "100%" } = props;
  const segments = props.segments ?? [{ value, tone }];
  const share = (part: number) =>
    total > 0 ? Math.max(0, Math.min(100, (part / total) * 100)) : 0;
  const sum = segments.reduce((all, segment) => all + segment.value, 0);
  return (
    <span
      className={classes.progress}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share(sum))}
      style={{ height: size, width }}
    >
      {segments.map((segment, place) => (
        <span
          key={place}
          className={classes.part}
          data-tone={segment.tone ?? "live"}
          style={{ width: `${share(segment.value)}%` }}
        />
      ))}
    </span>
  );
}
