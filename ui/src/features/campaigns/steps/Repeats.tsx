import { Chip, Group, NumberInput, Select, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { Fields } from "../../../shared/form";
import { cronOf, cronWords, type Rhythm, rhythmOf } from "../../../shared/format/cron";
import { t } from "../../../shared/i18n";
import classes from "../campaigns.module.css";
import { Moments } from "../Moments";
import { useRecurrence } from "../useRecurrence";
import type { StepProps } from "./props";

const two = (n: number) => String(n).padStart(2, "0");
/** Every Monday at nine. */
const FIRST = "0 9 * * 1";

/** How often a campaign recurs: times that most have are chosen, any other is written as a cron expression. */
export function Repeats({ form, draft, readOnly }: StepProps): ReactNode {
  const expression = draft.recurringSchedule?.cron ?? "";
  const rhythm = rhythmOf(expression);
  const found = useRecurrence(draft);
  const write = (cron: string) =>
    form.set({ recurringSchedule: cron.trim() === "" ? null : { cron } });
  const set = (next: Rhythm) => write(cronOf(next) ?? (expression || FIRST));
  const clock =
    "hour" in rhythm ? { hour: rhythm.hour, minute: rhythm.minute } : { hour: 9, minute: 0 };
  const made: Record<string, Rhythm> = {
    hour: { kind: "hour", minute: clock.minute },
    day: { kind: "day", ...clock },
    week: { kind: "week", ...clock, days: [1] },
    month: { kind: "month", ...clock, day: 1 },
    own: { kind: "own" },
  };
  // Every few minutes is more often than a campaign may.
  const kind = expression === "" ? null : rhythm.kind === "minutes" ? "own" : rhythm.kind;
  const refused = form.saveError?.details.find((one) => one.path === "recurringSchedule")?.message;
  const problem = refused ?? found?.problem ?? undefined;
  const words = problem ? undefined : cronWords(expression);
  return (
    <>
      <Fields min={150}>
        <Select
          label={t("Repeats")}
          placeholder={t("Choose")}
          allowDeselect={false}
          disabled={readOnly}
          data={[
            { value: "hour", label: t("Every hour") },
            { value: "day", label: t("Every day") },
            { value: "week", label: t("On days of the week") },
            { value: "month", label: t("On a day of the month") },
            { value: "own", label: t("As written below") },
          ]}
          value={kind}
          onChange={(next) => next && set(made[next] ?? { kind: "own" })}
        />
        {rhythm.kind === "hour" && (
          <NumberInput
            label={t("Minutes past the hour")}
            min={0}
            max={59}
            clampBehavior="strict"
            value={rhythm.minute}
            onChange={(minute) => set({ kind: "hour", minute: Number(minute) || 0 })}
          />
        )}
        {"hour" in rhythm && (
          <TextInput
            type="time"
            label={t("At")}
            value={`${two(rhythm.hour)}:${two(rhythm.minute)}`}
            onChange={(event) => {
              const [hour, minute] = event.currentTarget.value.split(":").map(Number);
              if (hour !== undefined && minute !== undefined) set({ ...rhythm, hour, minute });
            }}
          />
        )}
        {rhythm.kind === "month" && (
          <NumberInput
            label={t("Day of the month")}
            min={1}
            max={31}
            clampBehavior="strict"
            value={rhythm.day}
            onChange={(day) => set({ ...rhythm, day: Number(day) || 1 })}
          />
        )}
        {kind === "own" && (
          <TextInput
            label={t("Cron expression")}
            placeholder={FIRST}
            value={expression}
            onChange={(event) => write(event.currentTarget.value)}
          />
        )}
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
      {problem ? (
        <p className={classes.bad} role="alert">
          {problem}
        </p>
      ) : (
        words && (
          <p className={classes.said} aria-live="polite">
            {words}
          </p>
        )
      )}
      {found && found.nextMoments.length > 0 && <Moments moments={found.nextMoments} />}
    </>
  );
}

const weekdays = () => [
  { day: 1, name: t("Mon") },
  { day: 2, name: t("Tue") },
  { day: 3, name: t("Wed") },
  { day: 4, name: t("Thu") },
  { day: 5, name: t("Fri") },
  { day: 6, name: t("Sat") },
  { day: 0, name: t("Sun") },
];
