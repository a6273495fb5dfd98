import { Select, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { ChoiceCards, Fields } from "../../../shared/form";
import { objectiveLabel } from "../../../shared/format/campaign";
import { t } from "../../../shared/i18n";
import { PageHeader, SectionTitle } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import { ChannelChoice } from "./ChannelChoice";
import type { StepProps } from "./props";
import { StepProblems } from "./StepProblems";

const OBJECTIVES = [
  "acquisition",
  "retention",
  "churn_prevention",
  "upsell_cross_sell",
  "reactivation",
];

export function DetailsStep({ form, draft, readOnly, readiness }: StepProps): ReactNode {
  return (
    <fieldset className={classes.step} disabled={readOnly}>
      <PageHeader
        flush
        title={t("What is this campaign?")}
        text={t("Customers never see this name.")}
      />
      <Fields min={280}>
        <TextInput
          label={t("Name")}
          maxLength={255}
          value={draft.name}
          error={draft.name.trim() === "" ? t("The campaign needs a name") : undefined}
          onChange={(event) => form.set({ name: event.currentTarget.value })}
        />
        <Select
          label={t("Objective")}
          placeholder={t("What it is for")}
          clearable
          disabled={readOnly}
          data={OBJECTIVES.map((value) => ({ value, label: objectiveLabel(value) }))}
          value={draft.objective}
          onChange={(objective) => form.set({ objective })}
        />
      </Fields>
      <Textarea
        label={t("Description")}
        autosize
        minRows={2}
        value={draft.description}
        onChange={(event) => form.set({ description: event.currentTarget.value })}
      />
      <SectionTitle title={t("Channel")} />
      <ChannelChoice value={draft.channel} onChange={(channel) => form.set({ channel })} />
      <SectionTitle title={t("How often")} />
      <ChoiceCards
        label={t("Type")}
        value={draft.type}
        onChange={(type) => form.set({ type })}
        choices={[
          { value: "one_time", label: t("One time"), text: t("Starts once, by hand or at a time") },
          {
            value: "recurring",
            label: t("Recurring"),
            text: t("Again and again by a timetable, at most once an hour"),
          },
        ]}
      />
      <StepProblems readiness={readiness} step="details" />
    </fieldset>
  );
}
