import type { ReactNode } from "react";
import type { ProviderView } from "../../../gen";
import { ProgressBar } from "../../../shared/charts";
import { compact, number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import classes from "./sending.module.css";

/** How much of its limits a provider has used; what has no limit is not counted. */
export function Usage({ row }: { row: ProviderView }): ReactNode {
  const { used, messagesPerHour, todaysLimit } = row;
  const isWarming = todaysLimit != null && todaysLimit !== row.messagesPerDay;
  return (
    <>
      <Bar
        head={t("Last hour")}
        used={used?.hour ?? 0}
        limit={messagesPerHour}
        none={
          row.messagesPerMinute
            ? t("{n} a minute", { n: number(row.messagesPerMinute) })
            : t("no limit an hour")
        }
      />
      <Bar
        head={isWarming ? t("24 hours, warming up") : t("Last 24 hours")}
        used={used?.day ?? 0}
        limit={todaysLimit}
        none={t("no limit a day")}
      />
    </>
  );
}

interface BarProps {
  head: string;
  used: number;
  limit: number | null | undefined;
  /** Instead of a bar where there is no limit. */
  none: string;
}

function Bar({ head, used, limit, none }: BarProps): ReactNode {
  if (limit == null)
    return (
      <div>
        <span className={classes.quiet}>{none}</span>
      </div>
    );
  const exact = t("{used} of {limit}", { used: number(used), limit: number(limit) });
  const share = used / Math.max(1, limit);
  return (
    <div title={`${head}: ${exact}`}>
      <span className={classes.figure}>
        <span className={`${classes.quiet} ellipsis`}>{head}</span>
        <span>{t("{used} of {limit}", { used: compact(used), limit: compact(limit) })}</span>
      </span>
      <ProgressBar
        label={`${head}: ${exact}`}
        total={limit}
        value={used}
        tone={share >= 1 ? "bad" : share >= 0.8 ? "warn" : "live"}
      />
    </div>
  );
}
