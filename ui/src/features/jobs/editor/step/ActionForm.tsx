import type { ReactNode } from "react";
import { useGet } from "../../../../shared/api";
import { t } from "../../../../shared/i18n";
import type { Json, JsonObject, StepDefinition } from "../../model/definition";
import { actionObject } from "../draft";
import { CheckField, QueryField, SuggestField } from "../form";
import { KeyValues } from "../KeyValues";
import { ApiCallForm } from "./ApiCallForm";
import { NotificationForm } from "./NotificationForm";
import { TransferForm } from "./TransferForm";
import { ValidationForm } from "./ValidationForm";
import { WaitForm } from "./WaitForm";

export interface ActionProps {
  /** `steps[2].step_action` */
  path: string;
  action: JsonObject;
  onChange: (action: JsonObject) => void;
}

interface ActionFormProps {
  /** `steps[2]` */
  path: string;
  step: StepDefinition;
  onChange: (change: Partial<StepDefinition>) => void;
}

/** What a step does, by its type. */
export function ActionForm({ path, step, onChange }: ActionFormProps): ReactNode {
  const at = `${path}.step_action`;
  const action = actionObject(step);
  const set = (next: JsonObject) => onChange({ step_action: dropped(next) });
  switch (step.step_type) {
    case "sql":
      return (
        <QueryForm
          path={at}
          action={action}
          onChange={(next) => onChange({ step_action: query(next) })}
        />
      );
    case "stored_proc":
      return (
        <ProcedureForm
          path={at}
          action={action}
          onChange={(next) => onChange({ step_action: procedure(next) })}
        />
      );
    case "python_script":
    case "node_js_script":
    case "shell_script":
      return (
        <ScriptForm
          path={at}
          action={action}
          onChange={(next) => onChange({ step_action: script(next) })}
        />
      );
    case "api_call":
      return <ApiCallForm path={at} action={action} onChange={set} />;
    case "file_transfer":
      return <TransferForm path={at} action={action} onChange={set} />;
    case "data_validation":
      return <ValidationForm path={at} action={action} onChange={set} />;
    case "notification":
      return <NotificationForm path={at} action={action} onChange={set} />;
    case "wait":
      return <WaitForm path={at} action={action} onChange={set} />;
  }
}

/** Fields that say nothing are as if they were not there. */
const dropped = (action: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(action).filter(([, value]) => value !== null && value !== undefined),
  );

/** A query alone is a text. */
const query = ({ sql, writes }: JsonObject): Json =>
  writes ? { sql: sql ?? "", writes } : (sql ?? "");

/** A name alone is a text. */
const procedure = ({ name, writes }: JsonObject): Json =>
  writes ? { name: name ?? "", writes } : (name ?? "");

/** A script alone is a text. */
function script({ script: text, environment, secrets }: JsonObject): Json {
  const has = (group: Json | undefined) => group && Object.keys(group).length > 0;
  if (!has(environment) && !has(secrets)) return text ?? "";
  return dropped({
    script: text ?? "",
    ...(has(environment) ? { environment: environment as JsonObject } : {}),
    ...(has(secrets) ? { secrets: secrets as JsonObject } : {}),
  });
}

function QueryForm({ path, action, onChange }: ActionProps): ReactNode {
  return (
    <>
      <QueryField
        label={t("Query")}
        path={path}
        description={t(
          "One statement over this workspace. A :name takes a value of the job or of an earlier step.",
        )}
        value={String(action.sql ?? "")}
        onChange={(sql) => onChange({ ...action, sql })}
      />
      <CheckField
        label={t("It changes rows")}
        description={t("Otherwise it can only read. Administrators switch this on.")}
        path={`${path}.writes`}
        value={action.writes === true}
        onChange={(writes) => onChange({ ...action, writes })}
      />
    </>
  );
}

function ProcedureForm({ path, action, onChange }: ActionProps): ReactNode {
  const scripts = useGet<{ name: string }[]>("/sql-scripts").data ?? [];
  const name = String(action.name ?? "");
  return (
    <>
      <SuggestField
        label={t("Saved script or procedure")}
        path={path}
        description={t(
          "A script saved under Scripts & secrets, or a procedure of PostgreSQL. It gets the values below.",
        )}
        data={scripts.map((one) => one.name)}
        value={name}
        onChange={(next) => onChange({ ...action, name: next })}
      />
      {!scripts.some((one) => one.name === name) && (
        <CheckField
          label={t("It changes rows")}
          description={t("Otherwise it can only read. Administrators switch this on.")}
          path={`${path}.writes`}
          value={action.writes === true}
          onChange={(writes) => onChange({ ...action, writes })}
        />
      )}
    </>
  );
}

function ScriptForm({ path, action, onChange }: ActionProps): ReactNode {
  return (
    <>
      <QueryField
        kind="plain"
        label={t("Script")}
        path={path}
        description={t(
          "Runs as a program of its own with the limits of the job. The values below are there as variables in capitals.",
        )}
        value={String(action.script ?? "")}
        onChange={(text) => onChange({ ...action, script: text })}
      />
      <KeyValues
        label={t("Variables")}
        path={`${path}.environment`}
        value={action.environment as JsonObject | undefined}
        names="API_URL"
        values="https://…"
        add={t("Add variable")}
        onChange={(environment) => onChange({ ...action, environment })}
      />
      <KeyValues
        label={t("Variables from secrets")}
        description={t("The name of a variable, and the name of the secret that fills it.")}
        path={`${path}.secrets`}
        value={action.secrets as JsonObject | undefined}
        names="API_KEY"
        values="crm-key"
        add={t("Add secret variable")}
        onChange={(secrets) => onChange({ ...action, secrets })}
      />
    </>
  );
}
