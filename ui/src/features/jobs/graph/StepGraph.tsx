import type { ReactNode } from "react";
import { number } from "../../../shared/format";
import { FlowGraph, type GraphBox, type GraphLine } from "../../../shared/graph";
import { t, tn } from "../../../shared/i18n";
import type { StepDefinition } from "../model/definition";
import type { StepRun } from "../model/types";
import { hasFailed } from "../model/types";
import { needed, waitsFor } from "../model/waitsFor";
import {
  progressOf,
  progressWord,
  stepShape,
  stepState,
  stepTypeName,
  stepWord,
  took,
} from "../model/words";

interface RunGraphProps {
  steps: StepRun[];
  selected?: string;
  now: number;
  onSelect: (code: string) => void;
}

/** The steps of one run, alive. */
export function RunGraph({ steps, selected, now, onSelect }: RunGraphProps): ReactNode {
  const waits = needed(new Map(steps.map((step) => [step.stepCode, step.waitsFor])));
  const over = new Set(
    steps
      .filter((step) => step.status === "success" || hasFailed(step.status))
      .map((step) => step.stepCode),
  );
  return (
    <FlowGraph
      label={t("Steps of this run; the table below says the same")}
      boxes={steps.map((step) => boxOf(step, now))}
      lines={linesOf(waits).map((line) => ({ ...line, isDone: over.has(line.from) }))}
      selected={selected}
      onSelect={onSelect}
    />
  );
}

function boxOf(step: StepRun, now: number): GraphBox {
  const state = stepState(step);
  const end = step.completedAt ? Date.parse(step.completedAt) : now;
  const time = step.startedAt && took(Math.max(0, end - Date.parse(step.startedAt)));
  const rows =
    typeof step.rowsProcessed === "number"
      ? tn(step.rowsProcessed, "{n} row", "{n} rows")
      : undefined;
  const tries = step.attempt > 1 ? t("try {n}", { n: number(step.attempt) }) : undefined;
  const progress = progressOf(step);
  const share = progress === undefined ? undefined : progressWord(progress);
  return {
    id: step.stepCode,
    title: step.stepName,
    text:
      step.status === "running"
        ? [tries, share].filter(Boolean).join(" · ") || stepWord(state)
        : [rows, tries].filter(Boolean).join(" · ") || stepWord(state),
    aside: step.nextTryAt
      ? t("in {time}", { time: took(Math.max(0, Date.parse(step.nextTryAt) - now)) })
      : step.status === "pending"
        ? undefined
        : (time ?? undefined),
    progress,
    status: step.status === "running" && step.attempt > 1 ? "retrying" : stepShape(state),
    statusWord: `${stepTypeName(step.stepType)}, ${stepWord(state)}`,
    tone:
      step.status === "running"
        ? "live"
        : hasFailed(step.status)
          ? "bad"
          : step.status === "skipped"
            ? "quiet"
            : undefined,
  };
}

interface PlanGraphProps {
  steps: StepDefinition[];
  selected?: string;
  direction?: "right" | "down";
  /** Codes of steps that something is wrong with. */
  broken?: ReadonlySet<string>;
  onSelect?: (code: string) => void;
  children?: ReactNode;
}

/** The steps of a job as they would run. */
export function PlanGraph(props: PlanGraphProps): ReactNode {
  const { selected, broken, direction, onSelect, children } = props;
  // While codes are written two may be the same.
  const codes = new Set<string>();
  const steps = props.steps.filter(
    ({ step_code }) => !codes.has(step_code) && codes.add(step_code),
  );
  return (
    <FlowGraph
      label={t("Order of the steps; the list says the same")}
      boxes={steps.map(
        (step): GraphBox => ({
          id: step.step_code,
          title: step.step_name || step.step_code,
          text: stepTypeName(step.step_type),
          status: broken?.has(step.step_code) ? "warning" : "draft",
          statusWord: broken?.has(step.step_code) ? t("has to be mended") : "",
          tone: step.is_active === false ? "quiet" : undefined,
        }),
      )}
      lines={linesOf(needed(waitsFor(steps)))}
      selected={selected}
      direction={direction}
      onSelect={(code) => onSelect?.(code)}
    >
      {children}
    </FlowGraph>
  );
}

const linesOf = (waits: Map<string, string[]>): GraphLine[] =>
  [...waits].flatMap(([to, on]) => on.map((from) => ({ from, to })));
