import type { ReactNode } from "react";
import { ProgressBar } from "../../../shared/charts";
import { number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { StatusShape, shapeOf } from "../../../shared/ui";
import classes from "../jobs.module.css";
import type { Execution } from "./types";

interface StageChainProps {
  stages: Execution[];
  selected?: string;
  onSelect: (id: string) => void;
}

/** The stages in their order, as cards joined by a line; a click shows one in the rail. */
export function StageChain({ stages, selected, onSelect }: StageChainProps): ReactNode {
  return (
    <ol className={classes.chain} aria-label={t("Stages")}>
      {stages.map((stage) => (
        <li key={stage.id} className={classes.link}>
          <button
            type="button"
            className={classes.stage}
            aria-pressed={stage.id === selected}
            onClick={() => onSelect(stage.id)}
          >
            <span className={classes.stageName}>
              <StatusShape status={shapeOf(stage.executionStatus)} />
              <span className="ellipsis">{stage.name}</span>
            </span>
            <span className={classes.stageCount}>{counted(stage)}</span>
            {stage.rowsExpected ? (
              <ProgressBar
                label={counted(stage)}
                total={stage.rowsExpected}
                value={stage.rowsProcessed}
                tone={stage.executionStatus === "running" ? "live" : "done"}
              />
            ) : null}
          </button>
        </li>
      ))}
    </ol>
  );
}

function counted(stage: Execution): string {
  return stage.rowsExpected
    ? t("{n} of {all}", { n: number(stage.rowsProcessed), all: number(stage.rowsExpected) })
    : number(stage.rowsProcessed);
}
