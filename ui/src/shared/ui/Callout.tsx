import { IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { StatusShape } from "./StatusShape";
import classes from "./states.module.css";

interface CalloutProps {
  tone: "info" | "warn" | "bad" | "good";
  action?: ReactNode;
  role?: "alert" | "status" | "note";
  children: ReactNode;
}

const shape = {
  info: <IconInfoCircle size={16} stroke={1.6} aria-hidden className={classes.info} />,
  warn: <StatusShape status="warning" />,
  bad: <StatusShape status="failed" />,
  good: <StatusShape status="passed" />,
};

/** A tinted note in the place it is about, with at most one action. */
export function Callout({ tone, action, role = "note", children }: CalloutProps): ReactNode {
  return (
    <div className={classes.callout} data-tone={tone} role={role}>
      <span className={classes.calloutShape}>{shape[tone]}</span>
      <div className={classes.calloutText}>{children}</div>
      {action && <div className={classes.calloutAction}>{action}</div>}
    </div>
  );
}
