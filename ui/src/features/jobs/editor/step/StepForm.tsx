import { MultiSelect, Switch } from "@mantine/core";
import type { ReactNode } from "react";
import { useMay } from "../../../../shared/api";
import { ChoiceCards, Fields, FormSection } from "../../../../shared/form";
import fields from "../../../../shared/form/field.module.css";
import { t } from "../../../../shared/i18n";
import { Callout } from "../../../../shared/ui";
import {
  FAILURE_ACTIONS,
  isScript,
  STEP_TYPES,
  type StepDefinition,
  type StepType,
} from "../../model/definition";
import { failureWord, stepTypeName } from "../../model/words";
import { codeOf, emptyAction } from "../draft";
import classes from "../editor.module.css";
import { CheckField, ChoiceField, NumberField, QueryField, TextField, useForm } from "../form";
import { KeyValues } from "../KeyValues";
import { ActionForm } from "./ActionForm";

interface StepFormProps {
  /** Its place in the list. */
  at: number;
  step: StepDefinition;
  /** The others, to be waited for. */
  others: StepDefinition[];
  onChange: (change: Partial<StepDefinition>) => void;
}

const SCRIPTS: StepType[] = ["python_script", "node_js_script", "shell_script"];

/** Everything about one step. */
export function StepForm({ at, step, others, onChange }: StepFormProps): ReactNode {
  const { problems, readOnly } = useForm();
  const mayScript = useMay()("writeScripts");
  const path = `steps[${at}]`;
  const name = step.step_name ?? "";
  const own = problems.at(path);
  const inAction =
    typeof step.step_action === "object" ? problems.at(`${path}.step_action`) : undefined;
  const rename = (next: string) => {
    // A code that still follows from the name goes on following it.
    const follows = step.step_code === "" || step.step_code === codeOf(name);
    onChange({ step_name: next, ...(follows && codeOf(next) ? { step_code: codeOf(next) } : {}) });
  };
  const choose = (type: StepType) => {
    const keeps = SCRIPTS.includes(type) && SCRIPTS.includes(step.step_type);
    onChange({ step_type: type, ...(keeps ? {} : { step_action: emptyAction(type) }) });
  };
  return (
    <>
      {own && <Callout tone="bad">{own}</Callout>}
      {isScript(step.step_type) && !mayScript && (
        <Callout tone="info">{t("Only administrators may write steps that run programs.")}</Callout>
      )}
      <FormSection title={t("What it does")}>
        <div className={classes.stack}>
          <Fields>
            <TextField
              label={t("Name")}
              path={`${path}.step_name`}
              value={name}
              onChange={rename}
            />
            <TextField
              label={t("Code")}
              path={`${path}.step_code`}
              value={step.step_code}
              onChange={(code) => onChange({ step_code: code })}
            />
            <ChoiceField
              label={t("Kind")}
              path={`${path}.step_type`}
              data={STEP_TYPES.map((value) => ({ value, label: stepTypeName(value) }))}
              value={step.step_type}
              onChange={choose}
            />
          </Fields>
          {inAction && step.step_type !== "wait" && <Callout tone="bad">{inAction}</Callout>}
          <ActionForm key={step.step_type} path={path} step={step} onChange={onChange} />
          <KeyValues
            typed
            label={t("Values for this step")}
            description={t("A value, or :name for one of the job or of an earlier step.")}
            path={`${path}.parameters`}
            value={step.parameters}
            names="campaign_id"
            values=":campaign_id"
            add={t("Add value")}
            onChange={(parameters) => onChange({ parameters })}
          />
          <Switch
            label={t("In use")}
            description={t("A step that is not is left out, and nobody waits for it.")}
            disabled={readOnly}
            checked={step.is_active !== false}
            onChange={(event) => onChange({ is_active: event.currentTarget.checked })}
          />
        </div>
      </FormSection>
      <StartForm path={path} step={step} others={others} onChange={onChange} />
      <FailureForm path={path} step={step} onChange={onChange} />
      <FormSection
        title={t("Checks before and after")}
        text={t(
          "A query whose first value is neither false nor 0. Left empty, nothing is checked.",
        )}
      >
        <div className={classes.stack}>
          <QueryField
            small
            label={t("Before the step")}
            path={`${path}.pre_validation_query`}
            value={step.pre_validation_query}
            onChange={(query) => onChange({ pre_validation_query: query })}
          />
          <QueryField
            small
            label={t("After the step")}
            path={`${path}.post_validation_query`}
            value={step.post_validation_query}
            onChange={(query) => onChange({ post_validation_query: query })}
          />
          <Fields min={140}>
            <NumberField
              label={t("Rows at least")}
              path={`${path}.expected_row_count_min`}
              value={step.expected_row_count_min}
              onChange={(rows) => onChange({ expected_row_count_min: rows })}
            />
            <NumberField
              label={t("Rows at most")}
              path={`${path}.expected_row_count_max`}
              value={step.expected_row_count_max}
              onChange={(rows) => onChange({ expected_row_count_max: rows })}
            />
          </Fields>
        </div>
      </FormSection>
    </>
  );
}

type Start = "after" | "named" | "group";
interface PartProps {
  path: string;
  step: StepDefinition;
  onChange: (change: Partial<StepDefinition>) => void;
}

/** Beside what, and after what, it runs. */
function StartForm(props: PartProps & { others: StepDefinition[] }): ReactNode {
  const { path, step, others, onChange } = props;
  const { problems, readOnly } = useForm();
  const hasGroup = step.parallel_group_id !== null && step.parallel_group_id !== undefined;
  const start: Start = !step.is_parallel ? "after" : hasGroup ? "group" : "named";
  const groups = others.map((other) => other.parallel_group_id ?? 0);
  const choose = (next: Start) =>
    onChange({
      is_parallel: next !== "after",
      parallel_group_id: next === "group" ? Math.max(1, ...groups) : null,
    });
  return (
    <FormSection title={t("When it starts")}>
      <div className={classes.stack}>
        <fieldset disabled={readOnly} className={classes.bare}>
          <ChoiceCards
            label={t("When it starts")}
            value={start}
            onChange={choose}
            choices={[
              {
                value: "after",
                label: t("After all before it"),
                text: t("One after the other, as they stand in the list."),
              },
              {
                value: "named",
                label: t("After those it names"),
                text: t("Beside all others, as soon as the steps below are done."),
              },
              {
                value: "group",
                label: t("Beside its group"),
                text: t("Side by side with the steps of the same group."),
              },
            ]}
          />
        </fieldset>
        <Fields>
          {start === "group" && (
            <NumberField
              label={t("Number of the group")}
              path={`${path}.parallel_group_id`}
              value={step.parallel_group_id}
              onChange={(group) => onChange({ parallel_group_id: group })}
            />
          )}
          <MultiSelect
            label={start === "named" ? t("Starts after") : t("Also waits for")}
            data={others.map((other) => ({
              value: other.step_code,
              label: other.step_name || other.step_code,
            }))}
            searchable
            readOnly={readOnly}
            value={step.depends_on_step_codes ?? []}
            error={problems.at(`${path}.depends_on_step_codes`, true)}
            onChange={(codes) => onChange({ depends_on_step_codes: codes })}
          />
        </Fields>
      </div>
    </FormSection>
  );
}

/** What becomes of the run when the step fails. */
function FailureForm({ path, step, onChange }: PartProps): ReactNode {
  const { problems, readOnly } = useForm();
  const action = step.on_failure_action ?? "abort";
  const wrong = problems.at(`${path}.on_failure_action`);
  return (
    <FormSection title={t("If it fails")}>
      <div className={classes.stack}>
        <fieldset disabled={readOnly} className={classes.bare}>
          <ChoiceCards
            label={t("If it fails")}
            value={action}
            onChange={(next) =>
              onChange({
                on_failure_action: next,
                // To retry, it has to be said how often.
                ...(next === "retry" && !step.retry_count ? { retry_count: 3 } : {}),
              })
            }
            choices={FAILURE_ACTIONS.map((value) => {
              const { name, text } = failureWord(value);
              return { value, label: name, text };
            })}
          />
        </fieldset>
        {wrong && <span className={fields.error}>{wrong}</span>}
        <Fields min={150}>
          <NumberField
            label={t("Tried again, times")}
            path={`${path}.retry_count`}
            value={step.retry_count ?? 0}
            onChange={(count) => onChange({ retry_count: count ?? 0 })}
          />
          <NumberField
            label={t("Seconds between tries")}
            path={`${path}.retry_delay_seconds`}
            value={step.retry_delay_seconds ?? 0}
            onChange={(seconds) => onChange({ retry_delay_seconds: seconds ?? 0 })}
          />
          <NumberField
            label={t("Seconds a try may take")}
            placeholder="3600"
            path={`${path}.timeout_seconds`}
            value={step.timeout_seconds}
            onChange={(seconds) => onChange({ timeout_seconds: seconds })}
          />
        </Fields>
        <CheckField
          label={t("Important: when it fails, the run has failed")}
          path={`${path}.is_critical`}
          value={step.is_critical !== false}
          onChange={(critical) => onChange({ is_critical: critical })}
        />
        <CheckField
          label={t("Safe to repeat: it starts again when its server is lost")}
          path={`${path}.is_repeatable`}
          value={step.is_repeatable === true}
          onChange={(repeatable) => onChange({ is_repeatable: repeatable })}
        />
      </div>
    </FormSection>
  );
}
