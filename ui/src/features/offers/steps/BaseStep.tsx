import { Textarea, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import type { ReactNode } from "react";
import { Fields } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { PageHeader } from "../../../shared/ui";
import type { StepProps } from "./props";
import { StepProblems } from "./StepProblems";

const dayOf = (at: string | null) => (at ? at.slice(0, 10) : null);

export function BaseStep({ form, draft, offer, readOnly }: StepProps): ReactNode {
  return (
    <div style={{ maxWidth: 640, display: "grid", gap: 12 }}>
      <PageHeader
        flush
        title={t("Base")}
        text={t("What the offer is called among colleagues, and how long it is good.")}
      />
      <TextInput
        label={t("Name")}
        value={draft.name}
        maxLength={255}
        readOnly={readOnly}
        error={
          draft.name.trim() === ""
            ? t("The offer needs a name; the last one is kept until it has one.")
            : undefined
        }
        onChange={(event) => form.set("name", event.currentTarget.value)}
      />
      <Textarea
        label={t("Description")}
        value={draft.description}
        readOnly={readOnly}
        onChange={(event) => form.set("description", event.currentTarget.value)}
      />
      <Fields>
        <DateInput
          label={t("Valid from")}
          placeholder={t("At once")}
          valueFormat="D MMM YYYY"
          clearable
          readOnly={readOnly}
          value={dayOf(draft.validFrom)}
          onChange={(day) => form.set("validFrom", day || null)}
        />
        <DateInput
          label={t("Valid until")}
          placeholder={t("No end")}
          valueFormat="D MMM YYYY"
          clearable
          readOnly={readOnly}
          value={dayOf(draft.validUntil)}
          onChange={(day) => form.set("validUntil", day || null)}
        />
      </Fields>
      <StepProblems problems={offer.problems.filter((problem) => problem.step === "base")} />
    </div>
  );
}
