import { Chip, Group, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { Fields } from "../../../shared/form";
import { cronOf, cronWords, type Rhythm, rhythmOf } from "../../../shared/format/cron";
import { t } from "../../../shared/i18n";
import classes from "./editor.module.css";
import { ChoiceField, NumberField, TextField, useForm } from "./form";
import type { WhenPartProps } from "./places";

const two = (n: number) => String(n).padStart(2, "0");

/** Times that most jobs have are chosen; any other is written as a cron expression. */
export function CronForm({ job, onChange }: WhenPartProps): ReactNode {
  const { problems, readOnly } = useForm();
  const expression = job.cron_expression ?? "";
  const rhythm = rhythmOf(expression);
  const set = (next: Rhythm) => onChange({ cron_expression: cronOf(next) ?? expression });
  const clock =
    "hour" in rhythm ? { hour: rhythm.hour, minute: rhythm.minute } : { hour: 8, minute: 0 };
  const choose = (kind: Rhythm["kind"]) => {
    const made: Record<Rhythm["kind"], Rhythm> = {
      minutes: { kind, every: 15 } as Rhythm,
      hour: { kind, minute: clock.minute } as Rhythm,
      day: { kind, ...clock } as Rhythm,
      week: { kind, ...clock, days: [1, 2, 3, 4, 5] } as Rhythm,
      month: { kind, ...clock, day: 1 } as Rhythm,
      own: { kind: "own" },
    };
    set(made[kind]);
  };
  const words = cronWords(expression);
  return (
    <>
      <Fields min={150}>
        <ChoiceField
          label={t("Repeats")}
          path="cron_expression.rhythm"
          data={[
            { value: "minutes", label: t("Every few minutes") },
            { value: "hour", label: t("Every hour") },
            { value: "day", label: t("Every day") },
            { value: "week", label: t("On days of the week") },
            { value: "month", label: t("On a day of the month") },
            { value: "own", label: t("As written below") },
          ]}
          value={rhythm.kind}
          onChange={choose}
        />
        {rhythm.kind === "minutes" && (
          <ChoiceField
            label={t("Minutes")}
            path="cron_expression.every"
            data={["1", "2", "5", "10", "15", "20", "30"].map((value) => ({ value, label: value }))}
            value={String(rhythm.every)}
            onChange={(every) => set({ kind: "minutes", every: Number(every) })}
          />
        )}
        {rhythm.kind === "hour" && (
          <NumberField
            label={t("Minutes past the hour")}
            path="cron_expression.minute"
            min={0}
            max={59}
            value={rhythm.minute}
            onChange={(minute) => set({ kind: "hour", minute: within(minute, 0, 59) })}
          />
        )}
        {"hour" in rhythm && (
          <TextInput
            type="time"
            label={t("At")}
            readOnly={readOnly}
            value={`${two(rhythm.hour)}:${two(rhythm.minute)}`}
            onChange={(event) => {
              const [hour, minute] = event.currentTarget.value.split(":").map(Number);
              if (hour !== undefined && minute !== undefined) set({ ...rhythm, hour, minute });
            }}
          />
        )}
        {rhythm.kind === "month" && (
          <NumberField
            label={t("Day of the month")}
            path="cron_expression.day"
            min={1}
            max={31}
            value={rhythm.day}
            onChange={(day) => set({ ...rhythm, day: within(day, 1, 31) })}
          />
        )}
        <TextField
          label={t("Cron expression")}
          path="cron_expression"
          value={expression}
          onChange={(cron) => onChange({ cron_expression: cron })}
        />
      </Fields>
      {rhythm.kind === "week" && (
        <Chip.Group
          multiple
          value={rhythm.days.map(String)}
          onChange={(days) =>
            days.length > 0 && !readOnly && set({ ...rhythm, days: days.map(Number) })
          }
        >
          <Group gap={6} role="group" aria-label={t("Days of the week")}>
            {weekdays().map(({ day, name }) => (
              <Chip key={day} size="xs" value={String(day)}>
                {name}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      )}
      {words && !problems.at("cron_expression") && (
        <p className={classes.words} aria-live="polite">
          {words}
        </p>
      )}
    </>
  );
}

const within = (value: number | null, least: number, most: number): number =>
  Math.max(least, Math.min(most, value ?? least));

const weekdays = () => [
  { day: 1, name: t("Mon") },
  { day: 2, name: t("Tue") },
  { day: 3, name: t("Wed") },
  { day: 4, name: t("Thu") },
  { day: 5, name: t("Fri") },
  { day: 6, name: t("Sat") },
  { day: 0, name: t("Sun") },
];
