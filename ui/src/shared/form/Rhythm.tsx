import { Chip, Group, NumberInput, Select, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { cronOf, cronWords, type Rhythm, rhythmOf } from "../format/cron";
import { t } from "../i18n";
import { Fields } from ".";
import classes from "./form.module.css";

type Kind = Rhythm["kind"];

/** What is new of a rhythm that was just chosen. */
export interface Usual {
  hour: number;
  minute: number;
  /** Of the week, from 0, Sunday. */
  days: number[];
}

interface RhythmProps {
  /** A cron expression; empty: nothing is chosen yet. */
  value: string;
  onChange: (cron: string) => void;
  usual: Usual;
  /** Every few minutes may be chosen, too. */
  isOftenAllowed?: boolean;
  readOnly: boolean;
  /** What is wrong with the expression. */
  problem?: ReactNode;
}

const two = (n: number) => String(n).padStart(2, "0");

/** How often something happens: rhythms that most have are chosen, any other is written as a cron expression. */
export function RhythmFields(props: RhythmProps): ReactNode {
  const { value, onChange, usual, isOftenAllowed = false, readOnly, problem } = props;
  const rhythm = rhythmOf(value);
  const [isWritten, setIsWritten] = useState(false);
  const isOwn =
    isWritten ||
    (value.trim() !== "" &&
      (rhythm.kind === "own" || (rhythm.kind === "minutes" && !isOftenAllowed)));
  const kind = isOwn ? "own" : value.trim() === "" ? null : rhythm.kind;
  const set = (next: Rhythm) => {
    const cron = cronOf(next);
    if (cron && !readOnly) onChange(cron);
  };
  const words = cronWords(value);
  return (
    <>
      <Fields min={150}>
        <Select
          label={t("Repeats")}
          placeholder={t("Choose")}
          allowDeselect={false}
          readOnly={readOnly}
          data={kinds(isOftenAllowed)}
          value={kind}
          onChange={(next) => {
            setIsWritten(next === "own");
            if (next && next !== "own") set(made(next, rhythm, usual));
          }}
        />
        {!isOwn && rhythm.kind === "minutes" && (
          <Select
            label={t("Minutes")}
            allowDeselect={false}
            readOnly={readOnly}
            data={["1", "2", "5", "10", "15", "20", "30"]}
            value={String(rhythm.every)}
            onChange={(every) => set({ kind: "minutes", every: Number(every) })}
          />
        )}
        {!isOwn && rhythm.kind === "hour" && (
          <NumberInput
            label={t("Minutes past the hour")}
            min={0}
            max={59}
            clampBehavior="strict"
            readOnly={readOnly}
            value={rhythm.minute}
            onChange={(minute) => set({ kind: "hour", minute: Number(minute) || 0 })}
          />
        )}
        {!isOwn && "hour" in rhythm && (
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
        {!isOwn && rhythm.kind === "month" && (
          <NumberInput
            label={t("Day of the month")}
            min={1}
            max={31}
            clampBehavior="strict"
            readOnly={readOnly}
            value={rhythm.day}
            onChange={(day) => set({ ...rhythm, day: Number(day) || 1 })}
          />
        )}
        {isOwn && (
          <TextInput
            label={t("Cron expression")}
            placeholder={cronOf(made("week", rhythm, usual))}
            readOnly={readOnly}
            value={value}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        )}
      </Fields>
      {!isOwn && rhythm.kind === "week" && (
        <Chip.Group
          multiple
          value={rhythm.days.map(String)}
          onChange={(days) => days.length > 0 && set({ ...rhythm, days: days.map(Number) })}
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
          <p className={classes.inWords} aria-live="polite">
            {words}
          </p>
        )
      )}
    </>
  );
}

/** A rhythm of a kind: the time of day stays as it was. */
function made(kind: string, before: Rhythm, usual: Usual): Rhythm {
  const { hour, minute } = "hour" in before ? before : usual;
  const rhythms: Record<Kind, Rhythm> = {
    minutes: { kind: "minutes", every: 15 },
    hour: { kind: "hour", minute },
    day: { kind: "day", hour, minute },
    week: { kind: "week", hour, minute, days: usual.days },
    month: { kind: "month", hour, minute, day: 1 },
    own: { kind: "own" },
  };
  return rhythms[kind as Kind];
}

const kinds = (isOftenAllowed: boolean): { value: Kind; label: string }[] => [
  ...(isOftenAllowed ? [{ value: "minutes" as const, label: t("Every few minutes") }] : []),
  { value: "hour", label: t("Every hour") },
  { value: "day", label: t("Every day") },
  { value: "week", label: t("On days of the week") },
  { value: "month", label: t("On a day of the month") },
  { value: "own", label: t("As written below") },
];

const weekdays = () => [
  { day: 1, name: t("Mon") },
  { day: 2, name: t("Tue") },
  { day: 3, name: t("Wed") },
  { day: 4, name: t("Thu") },
  { day: 5, name: t("Fri") },
  { day: 6, name: t("Sat") },
  { day: 0, name: t("Sun") },
];
