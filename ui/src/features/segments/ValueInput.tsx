import { Autocomplete, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { SpanInput } from "./SpanInput";
import classes from "./segments.module.css";
import type { Line } from "./tree";
import type { Field } from "./types";

interface ValueInputProps {
  field: Field;
  line: Line;
  readOnly: boolean;
  onChange: (value: unknown) => void;
}

/** The value of a condition, as its field wants it. */
export function ValueInput({ field, line, readOnly, onChange }: ValueInputProps): ReactNode {
  const { operator, value } = line;
  if (operator === "is_set" || operator === "is_not_set") return null;
  if (operator === "in" || operator === "not_in") {
    return <ListInput field={field} value={value} readOnly={readOnly} onChange={onChange} />;
  }
  if (operator === "within_last" || operator === "not_within_last") {
    return <SpanInput value={value} readOnly={readOnly} onChange={onChange} />;
  }
  if (operator === "between") {
    const ends = Array.isArray(value) ? value : [undefined, undefined];
    return (
      <>
        <One
          field={field}
          value={ends[0]}
          readOnly={readOnly}
          onChange={(v) => onChange([v, ends[1]])}
        />
        <span className={classes.word}>{t("and")}</span>
        <One
          field={field}
          value={ends[1]}
          readOnly={readOnly}
          onChange={(v) => onChange([ends[0], v])}
        />
      </>
    );
  }
  return <One field={field} value={value} readOnly={readOnly} onChange={onChange} />;
}

interface OneProps {
  field: Field;
  value: unknown;
  readOnly: boolean;
  onChange: (value: unknown) => void;
}

function One({ field, value, readOnly, onChange }: OneProps): ReactNode {
  const label = t("Value of {field}", { field: field.label });
  if (field.type === "bool") {
    return (
      <Select
        aria-label={label}
        className={classes.short}
        readOnly={readOnly}
        allowDeselect={false}
        value={value === false ? "no" : "yes"}
        onChange={(choice) => onChange(choice === "yes")}
        data={[
          { value: "yes", label: t("yes") },
          { value: "no", label: t("no") },
        ]}
      />
    );
  }
  if (field.type === "number" || field.type === "decimal") {
    return (
      <NumberInput
        aria-label={label}
        className={classes.number}
        readOnly={readOnly}
        hideControls
        thousandSeparator=","
        decimalScale={field.type === "number" ? 0 : 4}
        value={value === undefined ? "" : (value as number | string)}
        onChange={(number) => onChange(number === "" ? undefined : number)}
      />
    );
  }
  if (field.type === "date" || field.type === "moment") {
    return <DateValue label={label} value={value} readOnly={readOnly} onChange={onChange} />;
  }
  if (field.type === "channel") {
    return (
      <Select
        aria-label={label}
        className={classes.text}
        readOnly={readOnly}
        placeholder={t("Choose one")}
        value={typeof value === "string" ? value : null}
        onChange={(choice) => onChange(choice ?? undefined)}
        data={field.values.map((known) => known.value)}
      />
    );
  }
  return (
    <Autocomplete
      aria-label={label}
      className={classes.text}
      readOnly={readOnly}
      placeholder={field.values.length ? t("Choose or type") : t("Type a value")}
      value={typeof value === "string" ? value : ""}
      onChange={(text) => onChange(text === "" ? undefined : text)}
      data={field.values.map((known) => known.value)}
      limit={50}
      maxDropdownHeight={260}
    />
  );
}

/** "30 days ago" is kept as it stands; a calendar day otherwise. */
function DateValue(props: {
  label: string;
  value: unknown;
  readOnly: boolean;
  onChange: (value: unknown) => void;
}): ReactNode {
  const text = typeof props.value === "string" ? props.value : "";
  const relative = text !== "" && !/^\d{4}-\d\d-\d\d/.test(text);
  const mode = (
    <Select
      aria-label={t("Kind of date")}
      className={classes.short}
      readOnly={props.readOnly}
      allowDeselect={false}
      value={relative ? "ago" : "day"}
      onChange={(kind) => props.onChange(kind === "ago" ? "30 days ago" : undefined)}
      data={[
        { value: "day", label: t("the day") },
        { value: "ago", label: t("days ago") },
      ]}
    />
  );
  if (relative) {
    const days = /^(\d+) days ago$/.exec(text)?.[1];
    return (
      <>
        {days === undefined ? (
          <TextInput
            aria-label={props.label}
            className={classes.text}
            readOnly={props.readOnly}
            value={text}
            onChange={(event) => props.onChange(event.currentTarget.value || undefined)}
          />
        ) : (
          <NumberInput
            aria-label={props.label}
            className={classes.count}
            readOnly={props.readOnly}
            hideControls
            min={0}
            max={36_500}
            allowDecimal={false}
            value={Number(days)}
            onChange={(count) => count !== "" && props.onChange(`${count} days ago`)}
          />
        )}
        {mode}
      </>
    );
  }
  return (
    <>
      {mode}
      <DateInput
        aria-label={props.label}
        className={classes.date}
        readOnly={props.readOnly}
        valueFormat="D MMM YYYY"
        placeholder={t("Pick a day")}
        value={text ? text.slice(0, 10) : null}
        onChange={(day) => props.onChange(day ?? undefined)}
      />
    </>
  );
}

function ListInput({ field, value, readOnly, onChange }: OneProps): ReactNode {
  const numeric = field.type === "number" || field.type === "decimal";
  const counts = new Map(field.values.map((known) => [known.value, known.customers]));
  return (
    <TagsInput
      aria-label={t("Values of {field}", { field: field.label })}
      className={classes.tags}
      styles={{ inputField: { minWidth: 40 } }}
      readOnly={readOnly}
      placeholder={Array.isArray(value) && value.length ? undefined : t("Choose or type")}
      value={Array.isArray(value) ? value.map(String) : []}
      onChange={(list) =>
        onChange(numeric ? list.filter((one) => /^-?\d+(\.\d+)?$/.test(one)) : list)
      }
      data={field.values.map((known) => known.value)}
      renderOption={({ option }) => (
        <span className={classes.option}>
          <span className="ellipsis">{option.value}</span>
          <span className={classes.optionCount}>{counts.get(option.value) || ""}</span>
        </span>
      )}
      splitChars={[",", ";"]}
      acceptValueOnBlur
      limit={50}
      maxDropdownHeight={260}
      comboboxProps={{ width: 220, position: "bottom-start" }}
    />
  );
}
