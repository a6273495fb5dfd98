import type { ReactNode } from "react";
import { StatusShape } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import type { Readiness, ReadinessProblem } from "../types";

/** What is wrong on a step, below what it is about. */
export function StepProblems(props: {
  readiness: Readiness | undefined;
  step: ReadinessProblem["step"];
}): ReactNode {
  const found = props.readiness?.problems.filter((one) => one.step === props.step) ?? [];
  if (found.length === 0) return null;
  return (
    <ul className={classes.problems}>
      {found.map((problem) => (
        <li key={`${problem.code}-${problem.objectId}-${problem.message}`}>
          <StatusShape status={problem.severity === "error" ? "failed" : "warning"} />
          {problem.message}
        </li>
      ))}
    </ul>
  );
}
