import { Switch } from "@mantine/core";
import type { ReactNode } from "react";
import { Fields, FormSection } from "../../../shared/form";
import fields from "../../../shared/form/field.module.css";
import { t } from "../../../shared/i18n";
import type { DependencyDefinition } from "../model/definition";
import { kindWords, limitsOf, useKinds } from "../model/kinds";
import { codeOf, type Draft } from "./draft";
import classes from "./editor.module.css";
import {
  CheckField,
  ChoiceField,
  NumberField,
  SuggestField,
  TagsField,
  TextField,
  useForm,
} from "./form";

export interface PlaceProps {
  job: Draft["job"];
  dependencies: DependencyDefinition[];
  onChange: (change: Partial<Draft["job"]>) => void;
  onDependencies: (dependencies: DependencyDefinition[]) => void;
  nextMoments: string[];
  isNew: boolean;
  isBuiltIn: boolean;
}

/** What a part of the schedule needs. */
export type WhenPartProps = Pick<PlaceProps, "job" | "onChange">;

export function BasicsForm({ job, onChange, isNew, isBuiltIn }: PlaceProps): ReactNode {
  const { problems, readOnly } = useForm();
  const kinds = useKinds();
  const whole = problems.at("");
  const kind = job.job_type_id ?? "custom";
  const { name: kindName, text: kindText } = kindWords(kind);
  const choose = (code: string) => {
    const [before, next] = [kind, code].map((one) => kinds.find((other) => other.code === one));
    onChange({ job_type_id: code, ...(isNew && next && limitsOf(job, before, next)) });
  };
  const rename = (name: string) => {
    const follows = isNew && (job.code === "" || job.code === codeOf(job.name ?? ""));
    onChange({ name, ...(follows ? { code: codeOf(name) } : {}) });
  };
  return (
    <FormSection title={t("Name and kind")}>
      <div className={classes.stack}>
        {whole && <span className={fields.error}>{whole}</span>}
        <fieldset disabled={isBuiltIn} className={`${classes.bare} ${classes.stack}`}>
          <Fields>
            <TextField label={t("Name")} path="name" value={job.name} onChange={rename} />
            <TextField
              label={t("Code")}
              description={t("Other jobs name it by this; letters, digits, - and _.")}
              path="code"
              value={job.code}
              onChange={(code) => onChange({ code })}
            />
            <SuggestField
              label={t("Kind")}
              path="job_type_id"
              description={kindText && `${kindName}: ${kindText}`}
              data={kinds.map(({ code }) => code)}
              words={(code) => kindWords(code).name}
              value={kind}
              onChange={choose}
            />
          </Fields>
          <TextField
            label={t("What it is for")}
            path="description"
            value={job.description}
            onChange={(description) => onChange({ description })}
          />
        </fieldset>
        <Switch
          label={t("Paused")}
          description={t("Nothing starts it but a person.")}
          disabled={readOnly}
          checked={job.status === "paused"}
          onChange={(event) =>
            onChange({ status: event.currentTarget.checked ? "paused" : "active" })
          }
        />
      </div>
    </FormSection>
  );
}

type Overlap = NonNullable<PlaceProps["job"]["overlap_policy"]>;

export function LimitsForm({ job, onChange }: PlaceProps): ReactNode {
  const isAllowed = (job.max_concurrent_executions ?? 1) > 1;
  const overlap: Overlap = job.overlap_policy ?? (isAllowed ? "allow" : "queue");
  return (
    <>
      <FormSection title={t("While it still runs")}>
        <Fields>
          <ChoiceField
            label={t("Another start")}
            path="overlap_policy"
            data={[
              { value: "queue", label: t("Waits its turn") },
              { value: "skip", label: t("Is left out") },
              { value: "allow", label: t("Runs beside it") },
            ]}
            value={overlap}
            onChange={(next: Overlap) =>
              onChange({
                overlap_policy: next,
                max_concurrent_executions: next === "allow" ? 2 : 1,
              })
            }
          />
          {overlap === "allow" && (
            <NumberField
              label={t("At the same time at most")}
              path="max_concurrent_executions"
              value={job.max_concurrent_executions}
              onChange={(most) => onChange({ max_concurrent_executions: most ?? 1 })}
            />
          )}
          <NumberField
            label={t("Priority")}
            description={t("Higher goes first, −100 to 100.")}
            path="priority"
            value={job.priority ?? 0}
            onChange={(priority) => onChange({ priority: priority ?? 0 })}
          />
        </Fields>
      </FormSection>
      <FormSection title={t("How long it may take")}>
        <Fields>
          <NumberField
            label={t("Agreed time, in minutes")}
            description={t("Longer is an alert. None: nobody is told.")}
            path="sla_duration_minutes"
            value={job.sla_duration_minutes}
            onChange={(value) => onChange({ sla_duration_minutes: value })}
          />
          <ChoiceField
            label={t("When it takes longer than agreed")}
            path="sla_breach_action"
            data={[
              { value: "alert_and_continue", label: t("Tell people and go on") },
              { value: "abort", label: t("Tell people and stop the run") },
            ]}
            value={job.sla_breach_action ?? "alert_and_continue"}
            onChange={(action) => onChange({ sla_breach_action: action })}
          />
          <NumberField
            label={t("Stopped after, in minutes")}
            path="execution_timeout_minutes"
            value={job.execution_timeout_minutes}
            onChange={(value) => onChange({ execution_timeout_minutes: value })}
          />
        </Fields>
      </FormSection>
      <FormSection title={t("What its programs may use")}>
        <Fields>
          <NumberField
            label={t("Memory, in MB")}
            path="max_memory_mb"
            value={job.max_memory_mb}
            onChange={(value) => onChange({ max_memory_mb: value })}
          />
          <NumberField
            label={t("Processor cores")}
            path="max_cpu_cores"
            value={job.max_cpu_cores}
            onChange={(value) => onChange({ max_cpu_cores: value })}
          />
        </Fields>
      </FormSection>
    </>
  );
}

export function ToldForm({ job, onChange }: PlaceProps): ReactNode {
  return (
    <FormSection
      title={t("Who is told")}
      text={t("A note in Muster for everybody who may see jobs, and an email to the people below.")}
    >
      <div className={classes.stack}>
        <CheckField
          label={t("When a run fails or takes too long")}
          path="notify_on_failure"
          value={job.notify_on_failure !== false}
          onChange={(on) => onChange({ notify_on_failure: on })}
        />
        <CheckField
          label={t("When a run succeeds")}
          path="notify_on_success"
          value={job.notify_on_success === true}
          onChange={(on) => onChange({ notify_on_success: on })}
        />
        <TagsField
          label={t("Email to")}
          path="notification_recipients"
          placeholder="amina@example.com"
          value={job.notification_recipients}
          onChange={(people) => onChange({ notification_recipients: people })}
        />
      </div>
    </FormSection>
  );
}
