import { ActionIcon, Autocomplete, Button, Switch, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ChoiceCards, FormSection } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { PageHeader } from "../../../shared/ui";
import classes from "../offers.module.css";
import type { TrackingSource } from "../types";
import type { StepProps } from "./props";
import { StepProblems } from "./StepProblems";

const SOURCES = [
  "campaign_code",
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "utm_term",
  "utm_content",
  "analytics_tag",
];

export function TrackingStep({ form, draft, offer, readOnly }: StepProps): ReactNode {
  const sources = draft.trackingSources;
  const set = (place: number, source: TrackingSource) =>
    form.set(
      "trackingSources",
      sources.map((old, at) => (at === place ? source : old)),
    );
  const unused = SOURCES.find((name) => !sources.some((one) => one.source === name));
  return (
    <div style={{ maxWidth: 760 }}>
      <PageHeader
        flush
        title={t("Tracking")}
        text={t("How Muster and your other systems recognise who acted on this offer.")}
      />
      <FormSection
        title={t("Redemption code")}
        text={t("In texts it stands as {field}.", { field: "{{ code }}" })}
      >
        <ChoiceCards
          label={t("Redemption code")}
          value={draft.codeMode}
          onChange={(mode) => !readOnly && form.set("codeMode", mode)}
          choices={[
            { value: "none", label: t("No code"), text: t("Campaign codes below still redeem") },
            {
              value: "shared",
              label: t("One code for everybody"),
              text: t("Each customer redeems it once"),
            },
            {
              value: "unique",
              label: t("A code per customer"),
              text: t("Only its owner can redeem it"),
            },
          ]}
        />
        {draft.codeMode !== "none" && (
          <TextInput
            mt="md"
            label={draft.codeMode === "shared" ? t("Code") : t("Codes begin with")}
            placeholder={draft.codeMode === "shared" ? "BACK2SCHOOL" : "SCH-"}
            description={
              draft.codeMode === "unique"
                ? t("Such as {example}", { example: `${draft.code || "SCH-"}K7PQ4XRM` })
                : undefined
            }
            value={draft.code}
            maxLength={40}
            readOnly={readOnly}
            style={{ maxWidth: 280 }}
            onChange={(event) =>
              form.set("code", event.currentTarget.value.toUpperCase().replace(/\s/g, ""))
            }
          />
        )}
        <Switch
          mt="md"
          label={t("Customers who got no message may redeem the code as well")}
          checked={draft.strangerRedemption === "accept"}
          disabled={readOnly}
          onChange={(event) =>
            form.set("strangerRedemption", event.currentTarget.checked ? "accept" : "refuse")
          }
        />
      </FormSection>
      <FormSection
        title={t("Sources")}
        text={t(
          "utm_ parameters are added to every link; a campaign code redeems the offer unless each customer has a code of their own.",
        )}
      >
        <div className={classes.sources}>
          {sources.map((one, place) => (
            <div key={place} className={classes.source}>
              <Autocomplete
                aria-label={t("Source {place}", { place: place + 1 })}
                data={SOURCES}
                value={one.source}
                readOnly={readOnly}
                onChange={(source) => set(place, { ...one, source })}
              />
              <TextInput
                aria-label={t("Value of {source}", { source: one.source })}
                placeholder={t("Value")}
                value={one.value}
                readOnly={readOnly}
                onChange={(event) => set(place, { ...one, value: event.currentTarget.value })}
              />
              <TextInput
                aria-label={t("Note on {source}", { source: one.source })}
                placeholder={t("Note")}
                value={one.description}
                readOnly={readOnly}
                onChange={(event) => set(place, { ...one, description: event.currentTarget.value })}
              />
              <ActionIcon
                aria-label={t("Take out {name}", { name: one.source })}
                disabled={readOnly}
                onClick={() =>
                  form.set(
                    "trackingSources",
                    sources.filter((_, at) => at !== place),
                  )
                }
              >
                <IconX size={15} stroke={1.6} />
              </ActionIcon>
            </div>
          ))}
        </div>
        {!readOnly && (
          <Button
            size="xs"
            variant="subtle"
            leftSection={<IconPlus size={15} stroke={1.6} />}
            onClick={() =>
              form.set("trackingSources", [
                ...sources,
                { source: unused ?? "analytics_tag", value: "", description: "" },
              ])
            }
          >
            {t("Add source")}
          </Button>
        )}
      </FormSection>
      <StepProblems problems={offer.problems.filter((problem) => problem.step === "tracking")} />
    </div>
  );
}
