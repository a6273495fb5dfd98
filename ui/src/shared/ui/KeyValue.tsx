import type { ReactNode } from "react";
import classes from "./keyvalue.module.css";

interface KeyValueProps {
  rows: { label: string; value: ReactNode }[];
  /** Width of the label column. */
  labelWidth?: string;
  /** Values at the right edge (numbers). */
  right?: boolean;
}

/** Rows of 28: quiet label, value. */
export function KeyValue({ rows, labelWidth = "96px", right }: KeyValueProps): ReactNode {
  return (
    <dl className={classes.list} style={{ gridTemplateColumns: `${labelWidth} minmax(0, 1fr)` }}>
      {rows.map(({ label, value }) => (
        <div className={classes.row} key={label}>
          <dt className={classes.label}>{label}</dt>
          <dd className={classes.value} data-right={right || undefined}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
