import { NumberInput, Select, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { ChoiceCards, Fields } from "../../../shared/form";
import { duration, number } from "../../../shared/format";
import { fromLocal, toLocal } from "../../../shared/format/zone";
import { t, tc } from "../../../shared/i18n";
import { PageHeader, SectionTitle } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import type { Throttle, UnknownPolicy } from "../types";
import { unknownPolicyWord } from "../words";
import type { StepProps } from "./props";
import { Repeats } from "./Repeats";
import { StepProblems } from "./StepProblems";

const ZONES = Intl.supportedValuesOf("timeZone");
const PRESETS = [
  { value: "50", rate: 50, batch: 10, label: () => t("Conservative") },
  { value: "75", rate: 75, batch: 25, label: () => t("Standard") },
  { value: "150", rate: 150, batch: 50, label: () => t("Aggressive") },
];
/** Explanations below the field, so that fields side by side stand on one line. */
const BELOW: ("label" | "input" | "description" | "error")[] = [
  "label",
  "input",
  "description",
  "error",
];
const UNKNOWN_POLICIES: UnknownPolicy[] = ["hold", "resend"];
const NONE: Throttle = { messagesPerHour: null, messagesPerDay: null, batchSize: null };

export function ScheduleStep(props: StepProps): ReactNode {
  const { form, draft, readOnly, readiness } = props;
  const byHand = draft.scheduledAt === null;
  const recurs = draft.type === "recurring";
  const zones = ZONES.includes(draft.timezone) ? ZONES : [draft.timezone, ...ZONES];
  const soon = () => {
    const next = Math.ceil((Date.now() + 3_600_000) / 900_000) * 900_000;
    return new Date(next).toISOString().replace(".000Z", "Z");
  };
  return (
    <fieldset className={classes.step} disabled={readOnly}>
      <PageHeader flush title={t("When, and how fast?")} />
      {recurs && <Repeats {...props} />}
      <ChoiceCards
        label={t("Start")}
        value={byHand ? "hand" : "time"}
        onChange={(value) => form.set({ scheduledAt: value === "hand" ? null : soon() })}
        choices={recurs ? recurringStarts() : starts()}
      />
      <Fields>
        {!byHand && (
          <TextInput
            type="datetime-local"
            label={recurs ? t("Not before") : t("Starts")}
            value={toLocal(draft.scheduledAt, draft.timezone)}
            error={readiness?.problems.find((one) => one.code === "start_in_past")?.message}
            onChange={(event) =>
              form.set({ scheduledAt: fromLocal(event.currentTarget.value, draft.timezone) })
            }
          />
        )}
        <TextInput
          type="datetime-local"
          label={t("Ends")}
          description={
            recurs
              ? t("No run starts after that; empty for no end")
              : t("Nothing leaves after it, the rest is cancelled; empty for no end")
          }
          inputWrapperOrder={BELOW}
          value={toLocal(draft.endAt, draft.timezone)}
          onChange={(event) =>
            form.set({ endAt: fromLocal(event.currentTarget.value, draft.timezone) })
          }
        />
        <Select
          label={t("Timezone")}
          searchable
          allowDeselect={false}
          disabled={readOnly}
          data={zones}
          value={draft.timezone}
          onChange={(zone) => zone && form.set(inZone(props, zone))}
        />
        <Select
          label={t("If Muster is closed then")}
          allowDeselect={false}
          disabled={readOnly}
          data={[
            {
              value: "run",
              label: recurs ? t("Run once, when it opens") : t("Run late, when it opens"),
            },
            { value: "skip", label: recurs ? t("Skip what was missed") : t("Skip it") },
          ]}
          value={draft.misfireRule}
          onChange={(value) => form.set({ misfireRule: value === "skip" ? "skip" : "run" })}
        />
      </Fields>
      <SectionTitle title={t("Rate")} />
      <Rate {...props} />
      <SectionTitle title={t("If nobody knows whether a message arrived")} />
      <ChoiceCards
        label={t("If nobody knows whether a message arrived")}
        value={draft.unknownPolicy}
        onChange={(unknownPolicy) => form.set({ unknownPolicy })}
        choices={UNKNOWN_POLICIES.map((value) => ({
          value,
          label: unknownPolicyWord(value),
          text:
            value === "hold"
              ? t("Recommended. Nobody gets a message twice unless you say so")
              : t("For notices that must not be missed. Some people may get one twice"),
        }))}
      />
      <StepProblems readiness={readiness} step="schedule" />
    </fieldset>
  );
}

const starts = () => [
  {
    value: "time",
    label: t("At a time"),
    text: t("Goes on the schedule by itself once it is approved"),
  },
  { value: "hand", label: t("By hand"), text: t("Somebody starts it once it is approved") },
];

const recurringStarts = () => [
  {
    value: "hand",
    label: t("At the next time"),
    text: t("Runs at the first of its times once it is approved"),
  },
  { value: "time", label: t("Later"), text: t("Runs at the first of its times after a day") },
];

/** The same wall-clock times in another zone. */
function inZone({ draft }: StepProps, timezone: string) {
  const move = (at: string | null) => fromLocal(toLocal(at, draft.timezone), timezone);
  return { timezone, scheduledAt: move(draft.scheduledAt), endAt: move(draft.endAt) };
}

function Rate({ form, draft, readiness }: StepProps): ReactNode {
  const throttle = draft.throttleConfig ?? NONE;
  const outreach = draft.deliveryMode === "outreach";
  const preset = PRESETS.find(
    (one) => one.rate === throttle.messagesPerHour && one.batch === throttle.batchSize,
  );
  const set = (part: Partial<Throttle>) => form.set({ throttleConfig: { ...throttle, ...part } });
  const rate = throttle.messagesPerHour;
  const takes = readiness?.durationSeconds;
  const value = (typed: string | number) => (typed === "" ? null : Number(typed));
  return (
    <>
      <ChoiceCards
        label={t("Delivery")}
        value={draft.deliveryMode}
        onChange={(deliveryMode) =>
          form.set({
            deliveryMode,
            throttleConfig:
              deliveryMode === "outreach"
                ? { messagesPerHour: 75, messagesPerDay: null, batchSize: 25 }
                : NONE,
          })
        }
        choices={[
          {
            value: "bulk",
            label: t("Bulk"),
            text: t("As fast as providers allow, or at least 100 an hour"),
          },
          {
            value: "outreach",
            label: t("Outreach"),
            text: t("Slow and personal, so that mailboxes trust you"),
          },
        ]}
      />
      {outreach && (
        <ChoiceCards
          label={t("Preset")}
          value={preset?.value ?? ""}
          onChange={(chosen) => {
            const one = PRESETS.find((two) => two.value === chosen);
            if (one) set({ messagesPerHour: one.rate, batchSize: one.batch });
          }}
          choices={PRESETS.map((one) => ({
            value: one.value,
            label: one.label(),
            text: t("{rate} an hour, {batch} at a time", { rate: one.rate, batch: one.batch }),
          }))}
        />
      )}
      <Fields>
        <NumberInput
          label={t("Messages an hour")}
          placeholder={outreach ? "75" : t("Not limited")}
          min={outreach ? 1 : 100}
          thousandSeparator=","
          value={rate ?? ""}
          error={!outreach && rate !== null && rate < 100 ? t("At least 100") : undefined}
          onChange={(typed) => set({ messagesPerHour: value(typed) })}
        />
        <NumberInput
          label={t("Messages a day")}
          placeholder={t("Not limited")}
          min={1}
          thousandSeparator=","
          value={throttle.messagesPerDay ?? ""}
          onChange={(typed) => set({ messagesPerDay: value(typed) })}
        />
        <NumberInput
          label={tc("batch", "At a time")}
          placeholder={outreach ? "25" : "1,000"}
          min={1}
          max={10_000}
          thousandSeparator=","
          value={throttle.batchSize ?? ""}
          onChange={(typed) => set({ batchSize: value(typed) })}
        />
      </Fields>
      {readiness && takes !== null && takes !== undefined && (
        <p className={classes.note}>
          {t("{messages} messages take about {time}.", {
            messages: number(readiness.audience.messages),
            time: duration(takes * 1000),
          })}
        </p>
      )}
    </>
  );
}
