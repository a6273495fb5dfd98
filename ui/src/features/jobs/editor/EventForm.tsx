import type { ReactNode } from "react";
import { Fields } from "../../../shared/form";
import fields from "../../../shared/form/field.module.css";
import { t } from "../../../shared/i18n";
import { Callout } from "../../../shared/ui";
import type { JsonObject } from "../model/definition";
import { EVENTS } from "./events";
import { ChoiceField, QueryField, SuggestField, TextField, useForm } from "./form";
import { KeyValues } from "./KeyValues";
import type { WhenPartProps } from "./places";

/** Which event starts the job: its name, a condition over what it says, and what has to be equal. */
export function EventForm({ job, onChange }: WhenPartProps): ReactNode {
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
            things
            label={t("Only where these are equal")}
            path="trigger_condition"
            value={equals}
            names="campaign_id"
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
          {whole && <span className={fields.error}>{whole}</span>}
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
