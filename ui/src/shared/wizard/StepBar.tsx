import { IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "../i18n";
import { StatusShape } from "../ui/StatusShape";
import classes from "./wizard.module.css";

export interface WizardStep {
  key: string;
  label: string;
  state: "todo" | "done" | "problem";
}

interface StepBarProps {
  steps: WizardStep[];
  current: string;
  onStep: (key: string) => void;
}

/** All steps in a row; the current one framed, done ones ticked, broken ones crossed. */
export function StepBar({ steps, current, onStep }: StepBarProps): ReactNode {
  return (
    <nav className={classes.bar} aria-label={t("Steps")}>
      <ol className={classes.steps}>
        {steps.map((step, place) => (
          <li key={step.key}>
            <button
              type="button"
              className={classes.step}
              aria-current={step.key === current ? "step" : undefined}
              onClick={() => onStep(step.key)}
            >
              <StepMark step={step} place={place + 1} current={step.key === current} />
              {step.label}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function StepMark(props: { step: WizardStep; place: number; current: boolean }): ReactNode {
  if (props.step.state === "problem") {
    return (
      <>
        <StatusShape status="failed" />
        <span className="visually-hidden">{t("Has a problem:")}</span>
      </>
    );
  }
  if (props.step.state === "done" && !props.current) {
    return (
      <>
        <IconCheck size={15} stroke={2} className={classes.tick} aria-hidden />
        <span className="visually-hidden">{t("Done:")}</span>
      </>
    );
  }
  return <span className={classes.number}>{props.place}</span>;
}
