import type { ReactNode } from "react";
import { ChoiceCards, Fields, FormSection, RhythmFields } from "../../../shared/form";
import fields from "../../../shared/form/field.module.css";
import { ahead, dayTime, isOtherClock, timeIn, zoneName } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { Callout, useNowUntil } from "../../../shared/ui";
import { type JobDefinition, SCHEDULES, type ScheduleType } from "../model/definition";
import { scheduleName } from "../model/words";
import { EventForm } from "./EventForm";
import classes from "./editor.module.css";
import { ChoiceField, NumberField, SuggestField, useForm } from "./form";
import type { PlaceProps, WhenPartProps } from "./places";

const about = (type: ScheduleType): string =>
  ({
    manual: t("A person or a program starts it."),
    cron: t("On days and at times of the clock."),
    interval: t("Again and again after the same time."),
    event_driven: t("When Muster or another program says that something happened."),
    dependency_based: t("When the jobs it waits for have run."),
  })[type];

/** On workdays at eight. */
const USUAL = { hour: 8, minute: 0, days: [1, 2, 3, 4, 5] };

/** Later than this the day says enough. */
const SOON_MS = 36 * 3_600_000;

const zones = (): string[] => Intl.supportedValuesOf("timeZone");

/** What makes the job start. */
export function WhenForm({ job, onChange, nextMoments }: PlaceProps): ReactNode {
  const { problems, readOnly } = useForm();
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
        {type === "cron" && (
          <RhythmFields
            value={job.cron_expression ?? ""}
            onChange={(cron) => onChange({ cron_expression: cron })}
            usual={USUAL}
            isOftenAllowed
            readOnly={readOnly}
            problem={problems.at("cron_expression")}
          />
        )}
        {type === "interval" && <IntervalForm job={job} onChange={onChange} />}
        {type === "event_driven" && <EventForm job={job} onChange={onChange} />}
        {type === "dependency_based" && (
          <Callout tone="info">
            {t("Choose the jobs under “Waits for”: this one starts when they have run.")}
          </Callout>
        )}
        {hasClock && <Moments zone={job.timezone ?? "UTC"} moments={nextMoments} />}
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

type Unit = "1" | "60" | "3600" | "86400";

function IntervalForm({ job, onChange }: WhenPartProps): ReactNode {
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

/** The next five, so that one sees what was said. */
function Moments({ moments, zone }: { moments: string[]; zone: string }): ReactNode {
  const now = useNowUntil(moments[0]);
  const isOther = isOtherClock(zone);
  if (moments.length === 0) return null;
  return (
    <div>
      <span className={fields.label}>{t("Next runs")}</span>
      <ol className={classes.moments}>
        {moments.map((moment) => (
          <li key={moment}>
            {dayTime(moment, now)}{" "}
            <span>
              {isOther
                ? `${timeIn(moment, zone)} ${zoneName(zone)}`
                : Date.parse(moment) - now < SOON_MS && ahead(moment, now)}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
