import { NumberInput, Switch } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import type { ReactNode } from "react";
import { LineChart } from "../../../shared/charts";
import { Fields } from "../../../shared/form";
import { compact, day, dayNumber, number } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import classes from "./sending.module.css";
import { daysOf, isWhole, noon, placeOf, usualPlan, type WarmUp } from "./warmUp";

interface WarmUpPaneProps {
  plan: WarmUp | undefined;
  /** By the field of the schedule. */
  errors: Record<string, string>;
  onChange: (plan: WarmUp | undefined) => void;
}

/** So many days are drawn. */
const DRAWN = 60;

/** A new relay sends a little more every day, until receivers trust it. */
export function WarmUpPane({ plan, errors, onChange }: WarmUpPaneProps): ReactNode {
  const today = new Date(dayNumber(Date.now()) * 86_400_000).toISOString().slice(0, 10);
  const count = (name: "firstDay" | "growthPercent" | "target", label: string, about: string) => (
    <NumberInput
      label={label}
      description={about}
      min={1}
      thousandSeparator=","
      value={plan?.[name]}
      error={errors[`config.warmUp.${name}`]}
      onChange={(value) => plan && onChange({ ...plan, [name]: Number(value) || 0 })}
    />
  );
  return (
    <div className={classes.pane}>
      <Switch
        label={t("Warm this relay up")}
        description={t(
          "Receivers distrust an address that suddenly sends much. A new one should begin small and grow.",
        )}
        checked={plan !== undefined}
        onChange={(event) => onChange(event.currentTarget.checked ? usualPlan(today) : undefined)}
      />
      {plan && (
        <>
          <Fields min={130}>
            <DateInput
              label={t("Begins on")}
              description={t("The first day.")}
              valueFormat="D MMM YYYY"
              value={plan.startedOn}
              error={errors["config.warmUp.startedOn"]}
              onChange={(startedOn) => startedOn && onChange({ ...plan, startedOn })}
            />
            {count("firstDay", t("First day"), t("Messages."))}
            {count("growthPercent", t("More every day, %"), t("30 is usual."))}
            {count("target", t("Target a day"), t("Then it is over."))}
          </Fields>
          {isWhole(plan) && <Outlook plan={plan} />}
        </>
      )}
    </div>
  );
}

/** What the schedule means, in words and as a line. */
function Outlook({ plan }: { plan: WarmUp }): ReactNode {
  const days = daysOf(plan);
  const place = placeOf(plan, dayNumber(Date.now()));
  const left = days.length - place;
  const end = noon(plan, days.length);
  const shown = days.slice(place, place + DRAWN);
  const words =
    left <= 0
      ? t("The target is reached: this schedule holds nothing back any more.")
      : `${tn(days[place] ?? 0, "{n} message may leave today.", "{n} messages may leave today.")} ${tn(
          left,
          "The target of {target} a day is reached in {n} day, on {day}.",
          "The target of {target} a day is reached in {n} days, on {day}.",
          { target: number(plan.target), day: day(end) },
        )}`;
  return (
    <>
      <p className={classes.lead} role="status">
        {words}
      </p>
      {shown.length > 1 && (
        <LineChart
          title={t("Messages a day")}
          summary={words}
          height={150}
          format={compact}
          area
          labels={shown.map((_, at) => day(noon(plan, place + at)))}
          series={[{ name: t("a day"), values: shown }]}
        />
      )}
    </>
  );
}
