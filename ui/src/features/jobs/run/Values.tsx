import { Button, CopyButton } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../../../shared/i18n";
import { KeyValue } from "../../../shared/ui";
import { isId, labelOf, thingOf } from "../model/things";
import type { ExecutionDetail, StepRun } from "../model/types";
import { ThingLink } from "../ThingField";
import classes from "./run.module.css";

/** What went in and what came out: the run's values, the event that set it off, the outputs of its steps. */
export function Values({ run, step }: { run: ExecutionDetail; step?: StepRun }): ReactNode {
  const others = run.steps.filter((one) => one !== step && has(one.output));
  return (
    <div className={classes.values}>
      <Things run={run} />
      <Value title={t("Given at the start")} value={run.parameters} empty={t("No values")} />
      {has(run.event) && <Value title={t("The event that set it off")} value={run.event} />}
      {step && has(step.input) && (
        <Value title={t("Given to {step}", { step: step.stepName })} value={step.input} />
      )}
      {step && (
        <Value
          title={t("Output of {step}", { step: step.stepName })}
          value={step.output}
          empty={t("Nothing for later steps")}
        />
      )}
      {others.map((one) => (
        <Value
          key={one.stepCode}
          title={t("Output of {step}", { step: one.stepName })}
          value={one.output}
        />
      ))}
    </div>
  );
}

/** What the run is about, by name: its values are ids. */
function Things({ run }: { run: ExecutionDetail }): ReactNode {
  const rows = Object.entries(run.parameters).flatMap(([name, value]) => {
    const thing = thingOf(name, run.definition?.parameters[name]?.type);
    const id = String(value);
    return thing && isId(id)
      ? [{ label: labelOf(name), value: <ThingLink thing={thing} id={id} /> }]
      : [];
  });
  return rows.length > 0 ? <KeyValue labelWidth="150px" rows={rows} /> : null;
}

const has = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  !(typeof value === "object" && Object.keys(value).length === 0);

function Value(props: { title: string; value: unknown; empty?: string }): ReactNode {
  const text = has(props.value) ? JSON.stringify(props.value, null, 2) : undefined;
  return (
    <section>
      <div className={classes.valueHead}>
        <h2 className="ellipsis">{props.title}</h2>
        {text && <Copy text={text} />}
      </div>
      {text ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard
        <pre className={classes.json} tabIndex={0}>
          {text}
        </pre>
      ) : (
        <p className={classes.quiet}>{props.empty}</p>
      )}
    </section>
  );
}

export function Copy({ text }: { text: string }): ReactNode {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button size="xs" variant="subtle" onClick={copy}>
          {copied ? t("Copied") : t("Copy")}
        </Button>
      )}
    </CopyButton>
  );
}
