import type { ReactNode } from "react";
import { ahead, dayTime, deadline, fullTime, type Instant, relative } from "../format";
import { useNow, useNowUntil } from "./useNow";
import classes from "./values.module.css";

const iso = (at: Instant) => new Date(at).toISOString();

/** "10 min ago"; the whole moment on hover. Nothing known is a dash. */
export function RelativeTime({ at }: { at: Instant | null | undefined }): ReactNode {
  const now = useNow();
  if (at === null || at === undefined) return <None />;
  return (
    <time dateTime={iso(at)} title={fullTime(at)}>
      {relative(at, now)}
    </time>
  );
}

/** "in 10 min", of what is to come; the whole moment on hover. Nothing planned is a dash. */
export function TimeAhead({ at }: { at: Instant | null | undefined }): ReactNode {
  const now = useNowUntil(at);
  if (at === null || at === undefined) return <None />;
  return (
    <time dateTime={iso(at)} title={fullTime(at)}>
      {ahead(at, now)}
    </time>
  );
}

/** "Today 10:02", "Fri 27 Nov 00:05"; the whole moment on hover. */
export function DayTime({ at }: { at: Instant | null | undefined }): ReactNode {
  const now = useNow();
  if (at === null || at === undefined) return <None />;
  return (
    <time dateTime={iso(at)} title={fullTime(at)}>
      {dayTime(at, now)}
    </time>
  );
}

/** A deadline in words: quiet, amber when near, red when late. */
export function Deadline({
  at,
  nearMs,
}: {
  at: Instant | null | undefined;
  nearMs?: number;
}): ReactNode {
  const now = useNow();
  if (at === null || at === undefined) return <None />;
  const { text, urgency } = deadline(at, now, nearMs);
  return (
    <time
      className={classes.deadline}
      data-urgency={urgency}
      dateTime={iso(at)}
      title={fullTime(at)}
    >
      {text}
    </time>
  );
}

export function None(): ReactNode {
  return <span className={classes.none}>–</span>;
}
