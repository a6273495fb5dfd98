import type { ReactNode } from "react";
import classes from "./states.module.css";

interface EmptyStateProps {
  /** "No campaign matches “krismas” in Scheduled". */
  title: string;
  /** What belongs here, in one sentence; or the nearest hit. */
  text?: ReactNode;
  /** One action, at most a quiet second one. */
  action?: ReactNode;
}

export function EmptyState({ title, text, action }: EmptyStateProps): ReactNode {
  return (
    <div className={classes.empty}>
      <h2 className={classes.emptyTitle}>{title}</h2>
      {text && <p className={classes.emptyText}>{text}</p>}
      {action && <div className={classes.emptyActions}>{action}</div>}
    </div>
  );
}
