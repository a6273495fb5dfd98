import { Chip, Group, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { ChoiceCards, Fields, FormSection } from "../../../shared/form";
import { dayTime, relative } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { Callout, useNow } from "../../../shared/ui";
import { cronOf, cronWords, type Rhythm, rhythmOf } from "../model/cron";
import { type JobDefinition, type JsonObject, SCHEDULES } from "../model/definition";
import { scheduleName } from "../model/words";
import classes from "./editor.module.css";
import { EVENTS } from "./events";
import { ChoiceField, NumberField, QueryField, SuggestField, TextField, useForm } from "./form";
import { KeyValues } from "./KeyValues";
import type { PlaceProps } from "./places";

const about = (type: (typeof SCHEDULES)[number]): string =>
  ({
    manual: t("A person or a program starts it."),
    cron: t("On days and at times of the clock."),
    interval: t("Again and again after the same time."),
    event_driven: t("When Muster or another program says that something happened."),
    dependency_based: t("When the jobs it waits for have run."),
  })[type];

/** Later than this the day says enough. */
const SOON_MS = 36 * 3_600_000;

const zones = (): string[] => Intl.supportedValuesOf("timeZone");

/** What makes the job start. */
export function WhenForm({ job, onChange, nextMoments }: PlaceProps): ReactNode {
  const { readOnly } = useForm();
  const type = job.schedule_type ?? "manual";
  const hasClock = type === "cron" || type === "interval";
  return (
    <FormSection title={t("When it runs")}>
      <div className={classes.stack}>
        <fieldset disabled={readOnly} className={classes.bare}>
          <ChoiceCards
            label={t("When it runs")}
            value={type}
            onChange={(next) => onChange({ schedule_type: next, ...beginning(next, job) })}
            choices={SCHEDULES.map((value) => ({
              value,
              label: scheduleName(value),
              text: about(value),
            }))}
          />
        </fieldset>
        {type === "cron" && <CronForm job={job} onChange={onChange} />}
        {type === "interval" && <IntervalForm job={job} onChange={onChange} />}
        {type === "event_driven" && <EventForm job={job} onChange={onChange} />}
        {type === "dependency_based" && (
          <Callout tone="info">
            {t("Choose the jobs under “Waits for”: this one starts when they have run.")}
          </Callout>
        )}
        {hasClock && <Moments moments={nextMoments} />}
        <Fields>
          <SuggestField
            label={t("Time zone")}
            description={t("Its days are the days of the job.")}
            path="timezone"
            data={zones()}
            value={job.timezone ?? "UTC"}
            onChange={(timezone) => onChange({ timezone })}
          />
          {hasClock && (
            <ChoiceField
              label={t("Moments that were missed")}
              description={t("While nothing ran, or the job was paused.")}
              path="catch_up_policy"
              data={[
                { value: "once", label: t("One run for all of them") },
                { value: "skip", label: t("Are left out") },
                { value: "all", label: t("Each is made up for") },
              ]}
              value={job.catch_up_policy ?? "once"}
              onChange={(catchUp) => onChange({ catch_up_policy: catchUp })}
            />
          )}
        </Fields>
      </div>
    </FormSection>
  );
}

/** A choice that needs more to be said begins with something that works. */
function beginning(type: string, job: PlaceProps["job"]): Partial<JobDefinition> {
  if (type === "cron" && !job.cron_expression) return { cron_expression: "0 8 * * *" };
  if (type === "interval" && !job.interval_seconds) return { interval_seconds: 3_600 };
  if (type === "event_driven" && !job.trigger_event_type) {
    return { trigger_event_type: "event_bus", trigger_condition: { event: "campaign.started" } };
  }
  return {};
}

type PartProps = Pick<PlaceProps, "job" | "onChange">;
const two = (n: number) => String(n).padStart(2, "0");

function CronForm({ job, onChange }: PartProps): ReactNode {
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

type Unit = "1" | "60" | "3600" | "86400";

function IntervalForm({ job, onChange }: PartProps): ReactNode {
  const seconds = job.interval_seconds ?? 0;
  const units: Unit[] = ["86400", "3600", "60"];
  const unit: Unit =
    units.find((one) => seconds >= Number(one) && seconds % Number(one) === 0) ?? "1";
  return (
    <Fields min={140}>
      <NumberField
        label={t("Every")}
        path="interval_seconds"
        min={1}
        value={seconds / Number(unit)}
        onChange={(value) =>
          onChange({ interval_seconds: value === null ? null : value * Number(unit) })
        }
      />
      <ChoiceField
        label={t("Unit")}
        path="interval_seconds.unit"
        data={[
          { value: "1", label: t("seconds") },
          { value: "60", label: t("minutes") },
          { value: "3600", label: t("hours") },
          { value: "86400", label: t("days") },
        ]}
        value={unit}
        onChange={(next: Unit) =>
          onChange({ interval_seconds: (seconds / Number(unit)) * Number(next) })
        }
      />
    </Fields>
  );
}

function EventForm({ job, onChange }: PartProps): ReactNode {
  const { problems } = useForm();
  const trigger = job.trigger_condition;
  const isText = typeof trigger === "string";
  const object = (isText || !trigger ? {} : trigger) as JsonObject;
  const { event, condition, ...equals } = object;
  const set = (change: JsonObject) => {
    const next = Object.entries({ ...object, ...change }).filter(([, value]) => value !== null);
    onChange({ trigger_condition: Object.fromEntries(next) });
  };
  const whole = problems.at("trigger_condition");
  return (
    <>
      <Fields>
        <ChoiceField
          label={t("Comes from")}
          path="trigger_event_type"
          data={[
            { value: "event_bus", label: t("Muster itself") },
            { value: "webhook", label: t("Another program, by webhook") },
          ]}
          value={job.trigger_event_type ?? "event_bus"}
          onChange={(source) => onChange({ trigger_event_type: source })}
        />
        {!isText && (
          <SuggestField
            label={t("Event")}
            path="trigger_condition.event"
            placeholder="campaign.started"
            data={job.trigger_event_type === "webhook" ? [] : EVENTS}
            value={String(event ?? "")}
            onChange={(name) => set({ event: name })}
          />
        )}
      </Fields>
      {isText ? (
        <QueryField
          small
          kind="plain"
          label={t("Condition over the event")}
          path="trigger_condition"
          value={trigger}
          onChange={(text) => onChange({ trigger_condition: text })}
        />
      ) : (
        <>
          <TextField
            label={t("Only if")}
            description={t("A condition over what the event says, such as totalRecipients > 100.")}
            path="trigger_condition.condition"
            value={String(condition ?? "")}
            onChange={(text) => set({ condition: text === "" ? null : text })}
          />
          <KeyValues
            typed
            label={t("Only where these are equal")}
            path="trigger_condition"
            value={equals}
            names="campaign_id"
            values="789"
            add={t("Add comparison")}
            onChange={(next) =>
              onChange({
                trigger_condition: {
                  event: event ?? "",
                  ...(condition ? { condition } : {}),
                  ...next,
                },
              })
            }
          />
          {whole && <span className={classes.error}>{whole}</span>}
        </>
      )}
      {job.trigger_event_type === "webhook" && (
        <Callout tone="info">
          {t("Once the job is saved, its page has the address and makes the token.")}
        </Callout>
      )}
    </>
  );
}

/** The next five, so that one sees what was said. */
function Moments({ moments }: { moments: string[] }): ReactNode {
  const now = useNow();
  if (moments.length === 0) return null;
  return (
    <div>
      <span className={classes.label}>{t("Next runs")}</span>
      <ol className={classes.moments}>
        {moments.map((moment) => (
          <li key={moment}>
            {dayTime(moment, now)}{" "}
            {Date.parse(moment) - now < SOON_MS && <span>{relative(moment, now)}</span>}
          </li>
        ))}
      </ol>
    </div>
  );
}
