import { Select } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { useBuilder } from "./context";
import { DeedValue } from "./DeedValue";
import { RowEnd } from "./RowEnd";
import { RowMenu } from "./RowMenu";
import classes from "./segments.module.css";
import { carryValue, emptyValue, type Line, type Logic } from "./tree";
import type { Field } from "./types";
import { ValueInput } from "./ValueInput";
import { operatorLabel } from "./words";

interface LineRowProps {
  line: Line;
  before: number | undefined;
  within: Logic;
}

/** One condition: field, operator, value, and whom it leaves. */
export function LineRow({ line, before, within }: LineRowProps): ReactNode {
  const { fields, byName, change, readOnly, problems } = useBuilder();
  const field = byName.get(line.field);
  const problem = problems.get(line.id);
  const set = (next: Partial<Line>) => change(line.id, (item) => ({ ...item, ...next }) as Line);
  const choose = (name: string | null) => {
    const chosen = name ? byName.get(name) : undefined;
    if (!chosen || chosen.name === line.field) return;
    const operator = chosen.operators[0] ?? "";
    set({ field: chosen.name, operator, value: emptyValue(chosen, operator) });
  };
  return (
    <div className={classes.line}>
      <div className={classes.statement}>
        {!readOnly && <RowMenu item={line} />}
        <Select
          aria-label={t("What the condition is about")}
          className={classes.field}
          searchable
          readOnly={readOnly}
          value={line.field}
          onChange={choose}
          data={fieldChoices(fields)}
          nothingFoundMessage={t("No such field")}
          comboboxProps={{ width: 220, position: "bottom-start" }}
          maxDropdownHeight={320}
          error={field === undefined}
        />
        {field && (
          <Select
            aria-label={t("How it compares")}
            className={field.type === "behaviour" ? classes.short : classes.operator}
            readOnly={readOnly}
            allowDeselect={false}
            value={line.operator}
            onChange={(operator) =>
              operator &&
              set({ operator, value: carryValue(field, line.operator, operator, line.value) })
            }
            data={operatorChoices(field, line.operator)}
            comboboxProps={{ width: 180, position: "bottom-start" }}
            maxDropdownHeight={320}
          />
        )}
        {field?.type === "behaviour" && (
          <DeedValue line={line} readOnly={readOnly} onChange={(value) => set({ value })} />
        )}
        {field && field.type !== "behaviour" && (
          <ValueInput
            field={field}
            line={line}
            readOnly={readOnly}
            onChange={(value) => set({ value })}
          />
        )}
        {problem && (
          <span className={classes.problem} role="alert">
            {problem}
          </span>
        )}
      </div>
      <RowEnd item={line} before={before} within={within} />
    </div>
  );
}

function fieldChoices(fields: Field[]) {
  const part = (group: string, wanted: (field: Field) => boolean) => ({
    group,
    items: fields.filter(wanted).map((field) => ({ value: field.name, label: field.label })),
  });
  return [
    part(t("The customer"), (field) => field.type !== "behaviour" && !field.isCustom),
    part(t("What they did"), (field) => field.type === "behaviour"),
    part(t("Your own fields"), (field) => field.isCustom),
  ].filter((group) => group.items.length > 0);
}

/** Comparing ages says in other words what "within last" and "before" say: offered only where it stands already. */
const AGES = ["less_than", "less_or_equal", "greater_than", "greater_or_equal"];

function operatorChoices(field: Field, current: string) {
  const dated = field.type === "date" || field.type === "moment";
  const wanted = (operator: string) => {
    if (operator === current) return true;
    if (field.type === "behaviour") return operator === "did" || operator === "did_not";
    return !(dated && AGES.includes(operator));
  };
  return field.operators
    .filter(wanted)
    .map((value) => ({ value, label: operatorLabel(value, field.type) }));
}
