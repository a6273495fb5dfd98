import type { ReactNode } from "react";
import { StatusShape } from "../../../shared/ui";
import classes from "../offers.module.css";
import type { OfferProblem } from "../types";

/** Problems of one step in words, errors first. */
export function StepProblems({ problems }: { problems: OfferProblem[] }): ReactNode {
  const sorted = [...problems].sort((a, b) => a.severity.localeCompare(b.severity));
  if (sorted.length === 0) return null;
  return (
    <ul className={classes.problems}>
      {sorted.map((problem) => (
        <li
          key={`${problem.path}-${problem.code}-${problem.message}`}
          data-severity={problem.severity}
        >
          <StatusShape status={problem.severity === "error" ? "failed" : "warning"} />
          <span>{problem.message}</span>
        </li>
      ))}
    </ul>
  );
}
