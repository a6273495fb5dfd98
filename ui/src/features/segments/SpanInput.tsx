import { NumberInput, Select } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import classes from "./segments.module.css";

interface SpanInputProps {
  /** "30 days", or a number of days. */
  value: unknown;
  readOnly: boolean;
  onChange: (value: string) => void;
}

/** A length of time: a number and its unit. */
export function SpanInput({ value, readOnly, onChange }: SpanInputProps): ReactNode {
  const text = typeof value === "number" ? `${value} days` : String(value ?? "30 days");
  const [, count = "30", given = "days"] = /^\s*(\d+)\s*(\w+)/.exec(text) ?? [];
  const unit = given.endsWith("s") ? given : `${given}s`;
  const units = [
    { value: "hours", label: t("hours") },
    { value: "days", label: t("days") },
    { value: "weeks", label: t("weeks") },
    { value: "months", label: t("months") },
  ];
  return (
    <span className={classes.together}>
      <NumberInput
        aria-label={t("How long")}
        className={classes.count}
        readOnly={readOnly}
        hideControls
        min={1}
        max={30_000}
        allowDecimal={false}
        value={Number(count)}
        onChange={(next) => next !== "" && Number(next) > 0 && onChange(`${next} ${unit}`)}
      />
      <Select
        aria-label={t("Unit of time")}
        className={classes.short}
        readOnly={readOnly}
        allowDeselect={false}
        value={unit}
        onChange={(next) => next && onChange(`${count} ${next}`)}
        data={units.some((one) => one.value === unit) ? units : [...units, unit]}
      />
    </span>
  );
}
