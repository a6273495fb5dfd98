import type { ReactNode } from "react";
import type { Status } from "./StatusMark";
import classes from "./status.module.css";

const disc = <circle cx="7" cy="7" r="6.5" fill="currentColor" />;
const white = {
  stroke: "var(--m-canvas)",
  strokeWidth: 1.5,
  fill: "none",
  strokeLinecap: "round",
} as const;
const ring = { fill: "none", stroke: "currentColor", strokeWidth: 1.5 } as const;
const tick = (
  <>
    {disc}
    <path d="M4.3 7.2 6.2 9 9.7 5.2" {...white} strokeLinejoin="round" />
  </>
);
const cross = (
  <>
    {disc}
    <path d="m4.9 4.9 4.2 4.2m0-4.2L4.9 9.1" {...white} />
  </>
);
const halo = (
  <>
    <circle className={classes.halo} cx="7" cy="7" r="6.5" fill="currentColor" opacity="0.25" />
    <circle cx="7" cy="7" r="3.5" fill="currentColor" />
  </>
);

const drawings: Record<Status, ReactNode> = {
  draft: <circle cx="7" cy="7" r="5.5" {...ring} strokeDasharray="2.2 1.9" />,
  queued: <circle cx="7" cy="7" r="5.2" {...ring} />,
  scheduled: (
    <>
      <circle cx="7" cy="7" r="5.7" {...ring} />
      <path d="M7 4v3.2l2 1.2" {...ring} strokeLinecap="round" />
    </>
  ),
  waiting_approval: (
    <>
      <circle cx="7" cy="7" r="5.7" {...ring} />
      <path d="M7 4a3 3 0 0 1 0 6Z" fill="currentColor" />
    </>
  ),
  running: halo,
  retrying: halo,
  paused: (
    <>
      {disc}
      <path d="M5.5 4.8v4.4m3-4.4v4.4" {...white} />
    </>
  ),
  waiting: <path d="M11.8 8.9A5.4 5.4 0 0 1 5.1 2.2a5.4 5.4 0 1 0 6.7 6.7Z" fill="currentColor" />,
  completed: tick,
  passed: tick,
  failed: cross,
  rejected: cross,
  cancelled: (
    <>
      <circle cx="7" cy="7" r="5.7" {...ring} />
      <path d="M4.7 7h4.6" {...ring} strokeLinecap="round" />
    </>
  ),
  warning: (
    <>
      <path
        d="M6.1 1.9a1 1 0 0 1 1.8 0l5 9.2a1 1 0 0 1-.9 1.5H2a1 1 0 0 1-.9-1.5Z"
        fill="currentColor"
      />
      <path d="M7 5.4v3m0 2v.1" {...white} />
    </>
  ),
};

/** The 14 px drawing alone, decorative. */
export function StatusShape({ status, size = 14 }: { status: Status; size?: number }): ReactNode {
  return (
    <svg
      className={classes.shape}
      data-status={status}
      width={size}
      height={size}
      viewBox="0 0 14 14"
      aria-hidden
    >
      {drawings[status]}
    </svg>
  );
}
