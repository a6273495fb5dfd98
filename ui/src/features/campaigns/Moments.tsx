import type { ReactNode } from "react";
import { dayTime } from "../../shared/format";
import { t } from "../../shared/i18n";
import { useNow } from "../../shared/ui";
import classes from "./campaigns.module.css";

/** When a campaign occurs next, so that one sees what was said. */
export function Moments({ moments }: { moments: string[] }): ReactNode {
  const now = useNow(60_000);
  return (
    <div>
      <span className={classes.momentsLabel}>{t("Next times")}</span>
      <ol className={classes.moments}>
        {moments.map((moment) => (
          <li key={moment}>{dayTime(moment, now)}</li>
        ))}
      </ol>
    </div>
  );
}
