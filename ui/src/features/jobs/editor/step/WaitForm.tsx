import type { ReactNode } from "react";
import { t } from "../../../../shared/i18n";
import type { JsonObject } from "../../model/definition";
import { EVENTS } from "../events";
import { ChoiceField, NumberField, QueryField, SuggestField, TextField } from "../form";
import type { ActionProps } from "./ActionForm";

type Kind = "seconds" | "until" | "event" | "condition";

const kindOf = (action: JsonObject): Kind =>
  "until" in action
    ? "until"
    : "event" in action
      ? "event"
      : "query" in action
        ? "condition"
        : "seconds";

const fresh: Record<Kind, JsonObject> = {
  seconds: { seconds: 60 },
  until: { until: "" },
  event: { event: "" },
  condition: { query: "", condition: "", check_every_seconds: 60 },
};

/** A time, an event or a condition. */
export function WaitForm({ path, action, onChange }: ActionProps): ReactNode {
  const kind = kindOf(action);
  const set = (change: JsonObject) => onChange({ ...action, ...change });
  return (
    <>
      <ChoiceField
        label={t("Waits for")}
        path={path}
        data={[
          { value: "seconds", label: t("Some time") },
          { value: "until", label: t("A moment") },
          { value: "event", label: t("Something that happens") },
          { value: "condition", label: t("A condition") },
        ]}
        value={kind}
        onChange={(next: Kind) => onChange(fresh[next])}
      />
      {kind === "seconds" && (
        <NumberField
          label={t("Seconds")}
          path={`${path}.seconds`}
          value={action.seconds as number}
          onChange={(seconds) => set({ seconds: seconds ?? 0 })}
        />
      )}
      {kind === "until" && (
        <TextField
          label={t("Moment, or the name of a value")}
          path={`${path}.until`}
          placeholder="2026-11-24T10:41:00Z"
          value={String(action.until ?? "")}
          onChange={(until) => set({ until })}
        />
      )}
      {kind === "event" && (
        <>
          <SuggestField
            label={t("Event")}
            path={`${path}.event`}
            data={EVENTS}
            value={String(action.event ?? "")}
            onChange={(event) => set({ event })}
          />
          <TextField
            label={t("Only if")}
            path={`${path}.condition`}
            placeholder="campaignId == 789"
            value={String(action.condition ?? "")}
            onChange={(condition) => set({ condition: condition === "" ? null : condition })}
          />
        </>
      )}
      {kind === "condition" && (
        <>
          <QueryField
            label={t("Query")}
            path={`${path}.query`}
            value={String(action.query ?? "")}
            onChange={(query) => set({ query })}
          />
          <TextField
            label={t("Condition over the columns of the first row")}
            path={`${path}.condition`}
            placeholder="ready == 1"
            value={String(action.condition ?? "")}
            onChange={(condition) => set({ condition })}
          />
          <NumberField
            label={t("Looks every so many seconds")}
            path={`${path}.check_every_seconds`}
            value={action.check_every_seconds as number | null}
            onChange={(every) => set({ check_every_seconds: every })}
          />
        </>
      )}
    </>
  );
}
