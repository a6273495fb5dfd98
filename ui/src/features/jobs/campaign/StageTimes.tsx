import type { CSSProperties, ReactNode } from "react";
import { duration } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { useNow } from "../../../shared/ui";
import classes from "../jobs.module.css";
import { type Execution, LAST_SENDING_STAGE } from "./types";

interface StageTimesProps {
  stages: Execution[];
  selected?: string;
  onSelect: (id: string) => void;
}

/** A bar per stage on one axis of time; what stays open until the attribution window ends is open at the right. */
export function StageTimes({ stages, selected, onSelect }: StageTimesProps): ReactNode {
  const now = useNow();
  const ms = (at: string | null | undefined) => (at ? new Date(at).getTime() : now);
  const sending = stages.filter((stage) => stage.stageOrder <= LAST_SENDING_STAGE);
  const from = Math.min(...stages.map((stage) => ms(stage.startedAt)));
  const until = Math.max(from + 1, ...sending.map((stage) => ms(stage.completedAt)));
  const share = (at: number) => Math.max(0, Math.min(100, ((at - from) / (until - from)) * 100));
  return (
    <ol className={classes.times} aria-label={t("When each stage ran")}>
      {stages.map((stage) => {
        const begin = ms(stage.startedAt);
        const end = Math.min(ms(stage.completedAt), until);
        const open = stage.stageOrder > LAST_SENDING_STAGE && !stage.completedAt;
        const style: CSSProperties = {
          left: `${share(begin)}%`,
          width: `max(3px, ${share(end) - share(begin)}%)`,
        };
        return (
          <li key={stage.id}>
            <button
              type="button"
              className={classes.timeRow}
              aria-pressed={stage.id === selected}
              onClick={() => onSelect(stage.id)}
            >
              <span className={classes.timeName}>{stage.name}</span>
              <span className={classes.track}>
                <span
                  className={classes.bar}
                  style={style}
                  data-state={open ? "open" : stage.executionStatus}
                />
              </span>
              <span className={classes.timeText}>
                {open ? t("open") : duration(ms(stage.completedAt) - begin)}
              </span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
