import type { ReactNode } from "react";
import { t } from "../i18n";
import { useLate } from "../ui/useLate";
import classes from "./table.module.css";

interface SkeletonRowsProps {
  columns: number;
  tracks: string;
  height: number;
}

/** Nothing for 150 ms, then rows of bars: quick answers never flash. */
export function SkeletonRows({ columns, tracks, height }: SkeletonRowsProps): ReactNode {
  const late = useLate(150);
  if (!late) return null;
  return (
    <div role="status" aria-label={t("Loading")}>
      {[72, 46, 84, 58, 66, 40].map((width) => (
        <div
          key={width}
          className={classes.row}
          style={{ gridTemplateColumns: tracks, height }}
          aria-hidden
        >
          {Array.from({ length: columns }, (_, place) => (
            <div key={place} className={classes.cell}>
              <span
                className={classes.bar}
                style={{ width: `${place === 0 ? width : width * 0.7}%` }}
              />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
