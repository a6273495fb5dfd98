import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Fields } from "../../../../shared/form";
import { t } from "../../../../shared/i18n";
import type { JsonObject } from "../../model/definition";
import classes from "../editor.module.css";
import { CheckField, NumberField, QueryField, TextField, useForm } from "../form";
import type { ActionProps } from "./ActionForm";

/** Checks, and how good they have to be together. */
export function ValidationForm({ path, action, onChange }: ActionProps): ReactNode {
  const { readOnly } = useForm();
  const checks = (Array.isArray(action.checks) ? action.checks : []) as JsonObject[];
  const set = (next: JsonObject[]) => onChange({ ...action, checks: next });
  const score = typeof action.minimum_score === "number" ? action.minimum_score : 1;
  return (
    <>
      <Fields min={180}>
        <NumberField
          label={t("Quality that is needed, in percent")}
          description={t("The weight of the checks that pass. Below it, the step fails.")}
          path={`${path}.minimum_score`}
          suffix=" %"
          decimals
          value={Math.round(score * 10_000) / 100}
          onChange={(percent) => onChange({ ...action, minimum_score: (percent ?? 0) / 100 })}
        />
      </Fields>
      {checks.map((check, at) => (
        <CheckForm
          key={at}
          number={at + 1}
          path={`${path}.checks[${at}]`}
          check={check}
          onChange={(next) => set(checks.map((one, place) => (place === at ? next : one)))}
          onRemove={
            checks.length > 1 && !readOnly
              ? () => set(checks.filter((_, place) => place !== at))
              : undefined
          }
        />
      ))}
      {!readOnly && (
        <div>
          <Button
            size="xs"
            leftSection={<IconPlus size={14} stroke={1.6} />}
            onClick={() => set([...checks, { name: "", query: "", min: 1 }])}
          >
            {t("Add check")}
          </Button>
        </div>
      )}
    </>
  );
}

interface CheckFormProps {
  number: number;
  path: string;
  check: JsonObject;
  onChange: (check: JsonObject) => void;
  onRemove?: () => void;
}

function CheckForm({ number, path, check, onChange, onRemove }: CheckFormProps): ReactNode {
  const set = (change: JsonObject) => onChange({ ...check, ...change });
  const amount = (name: string) =>
    typeof check[name] === "number" ? (check[name] as number) : null;
  return (
    <fieldset className={classes.group}>
      <legend className={classes.groupTitle}>
        {t("Check {n}", { n: number })}
        {onRemove && (
          <Button size="xs" variant="subtle" onClick={onRemove}>
            {t("Remove")}
          </Button>
        )}
      </legend>
      <TextField
        label={t("Name")}
        path={`${path}.name`}
        placeholder={t("Nobody who opted out")}
        value={String(check.name ?? "")}
        onChange={(name) => set({ name })}
      />
      <QueryField
        label={t("Query")}
        path={`${path}.query`}
        value={String(check.query ?? "")}
        onChange={(query) => set({ query })}
      />
      <Fields min={110}>
        <NumberField
          label={t("At least")}
          path={`${path}.min`}
          decimals
          value={amount("min")}
          onChange={(min) => set({ min })}
        />
        <NumberField
          label={t("At most")}
          path={`${path}.max`}
          decimals
          value={amount("max")}
          onChange={(max) => set({ max })}
        />
        <NumberField
          label={t("Weight")}
          path={`${path}.weight`}
          decimals
          placeholder="1"
          value={amount("weight")}
          onChange={(weight) => set({ weight })}
        />
      </Fields>
      <TextField
        label={t("Condition over the columns of the first row")}
        path={`${path}.condition`}
        placeholder="without_consent == 0"
        value={String(check.condition ?? "")}
        onChange={(condition) => set({ condition: condition === "" ? null : condition })}
      />
      <CheckField
        label={t("The step fails when this check does, however good the rest")}
        path={`${path}.is_required`}
        value={check.is_required === true}
        onChange={(isRequired) => set({ is_required: isRequired })}
      />
    </fieldset>
  );
}
