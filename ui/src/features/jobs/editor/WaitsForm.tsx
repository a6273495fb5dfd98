import { ActionIcon, Switch } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useList } from "../../../shared/api";
import { Fields, FormSection, PickOne } from "../../../shared/form";
import fields from "../../../shared/form/field.module.css";
import { t } from "../../../shared/i18n";
import type { DependencyDefinition } from "../model/definition";
import type { Job } from "../model/types";
import { dependencyWord, waitForWord } from "../model/words";
import classes from "./editor.module.css";
import { ChoiceField, NumberField, TextField, useForm } from "./form";
import type { PlaceProps } from "./places";

const DEPENDENCY_TYPES = ["blocking", "optional", "cross_day", "conditional"] as const;
const WAIT_FOR = ["success", "completed", "any", "failure"] as const;

/** Which other jobs have to have run, and how. */
export function WaitsForm(props: PlaceProps): ReactNode {
  const { job, dependencies, onChange, onDependencies } = props;
  const { problems, readOnly } = useForm();
  const jobs = useList<Job>("/jobs", { kind: "own" }).rows ?? [];
  const named = job.depends_on_jobs ?? [];
  const isStarter = job.schedule_type === "dependency_based";
  const codes = [
    ...named,
    ...dependencies.map((one) => one.depends_on_job_id).filter((code) => !named.includes(code)),
  ];
  const nameOf = (code: string) => jobs.find((one) => one.code === code)?.name ?? code;
  const ruleOf = (code: string) => dependencies.find((one) => one.depends_on_job_id === code);
  const add = (code: string) => {
    if (codes.includes(code)) return;
    if (isStarter) onChange({ depends_on_jobs: [...named, code] });
    else onDependencies([...dependencies, plainRule(job.code, code)]);
  };
  const remove = (code: string) => {
    onChange({ depends_on_jobs: named.filter((one) => one !== code) });
    onDependencies(dependencies.filter((one) => one.depends_on_job_id !== code));
  };
  const change = (code: string, next: Partial<DependencyDefinition>) => {
    const rule = { ...(ruleOf(code) ?? plainRule(job.code, code)), ...next };
    onDependencies(
      ruleOf(code)
        ? dependencies.map((one) => (one.depends_on_job_id === code ? rule : one))
        : [...dependencies, rule],
    );
  };
  const wrong = problems.at("depends_on_jobs", true);
  const free = jobs.filter((one) => one.code !== job.code && !codes.includes(one.code));
  return (
    <FormSection
      title={t("Waits for")}
      text={t(
        "A run of this job begins when these jobs have run on its day. A run that waits says on what, and since when.",
      )}
    >
      <div className={classes.stack}>
        {!readOnly && (
          <PickOne
            aria-label={t("Add a job to wait for")}
            placeholder={t("Add a job to wait for")}
            data={free.map((one) => ({ value: one.code, label: one.name }))}
            nothingFoundMessage={t("No job is like that")}
            onPick={add}
          />
        )}
        {wrong && <span className={fields.error}>{wrong}</span>}
        {named.length > 1 && (
          <Fields>
            <ChoiceField
              label={t("Together")}
              path="dependency_mode"
              data={[
                { value: "all_success", label: t("All have to succeed") },
                { value: "all_completed", label: t("All have to run to their end") },
                { value: "any", label: t("One that has ended is enough") },
              ]}
              value={job.dependency_mode ?? "all_success"}
              onChange={(mode) => onChange({ dependency_mode: mode })}
            />
          </Fields>
        )}
        {codes.length === 0 && (
          <span className={fields.description}>{t("It waits for no job.")}</span>
        )}
        {codes.map((code) => (
          <RuleForm
            key={code}
            name={nameOf(code)}
            path={pathOf(dependencies, code)}
            rule={ruleOf(code) ?? plainRule(job.code, code)}
            onChange={(next) => change(code, next)}
            onRemove={readOnly ? undefined : () => remove(code)}
          />
        ))}
      </div>
    </FormSection>
  );
}

const plainRule = (job: string, on: string): DependencyDefinition => ({
  job_id: job,
  depends_on_job_id: on,
  dependency_type: "blocking",
  wait_for_status: "success",
  lookback_days: 1,
  is_active: true,
});

/** Where the server sees the rule of a job; one that is not written down has no problems. */
const pathOf = (dependencies: DependencyDefinition[], code: string): string =>
  `dependencies[${dependencies.findIndex((one) => one.depends_on_job_id === code)}]`;

interface RuleFormProps {
  name: string;
  path: string;
  rule: DependencyDefinition;
  onChange: (change: Partial<DependencyDefinition>) => void;
  onRemove?: () => void;
}

function RuleForm({ name, path, rule, onChange, onRemove }: RuleFormProps): ReactNode {
  const { problems, readOnly } = useForm();
  const whole = problems.at(path);
  return (
    <fieldset className={classes.group}>
      <legend className={classes.groupTitle}>
        {name}
        {onRemove && (
          <ActionIcon aria-label={t("Do not wait for {name}", { name })} onClick={onRemove}>
            <IconTrash size={15} stroke={1.6} />
          </ActionIcon>
        )}
      </legend>
      {whole && <span className={fields.error}>{whole}</span>}
      <Fields min={150}>
        <ChoiceField
          label={t("How")}
          path={`${path}.dependency_type`}
          data={DEPENDENCY_TYPES.map((value) => ({ value, label: dependencyWord(value) }))}
          value={rule.dependency_type}
          onChange={(type) =>
            onChange({
              dependency_type: type,
              ...(type === "optional" ? { wait_for_status: "any" } : {}),
              ...(type === "conditional" ? {} : { execution_condition: null }),
            })
          }
        />
        <ChoiceField
          label={t("It has to have")}
          path={`${path}.wait_for_status`}
          data={WAIT_FOR.map((value) => ({ value, label: waitForWord(value) }))}
          value={rule.wait_for_status}
          onChange={(status) => onChange({ wait_for_status: status })}
        />
        <NumberField
          label={t("Waits at most, minutes")}
          placeholder={t("as long as it takes")}
          path={`${path}.max_wait_minutes`}
          value={rule.max_wait_minutes}
          onChange={(minutes) => onChange({ max_wait_minutes: minutes })}
        />
        <NumberField
          label={t("Days that count")}
          path={`${path}.lookback_days`}
          value={rule.lookback_days ?? 1}
          onChange={(days) => onChange({ lookback_days: days ?? 1 })}
        />
      </Fields>
      {rule.dependency_type === "conditional" && (
        <TextField
          label={t("Condition over its numbers")}
          placeholder="delivery_rate > 0.8"
          path={`${path}.execution_condition`}
          value={rule.execution_condition}
          onChange={(condition) => onChange({ execution_condition: condition })}
        />
      )}
      <Switch
        label={t("In use")}
        disabled={readOnly}
        checked={rule.is_active !== false}
        onChange={(event) => onChange({ is_active: event.currentTarget.checked })}
      />
    </fieldset>
  );
}
