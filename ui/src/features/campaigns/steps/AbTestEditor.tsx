import { ActionIcon, Button, NumberInput, Select, Switch, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { Fields } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import { SectionTitle } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import type { AbTest, Variant } from "../types";
import type { StepProps } from "./props";

const LETTERS = ["A", "B", "C", "D", "E"];

const fresh = (subject: string): AbTest => ({
  variants: [
    {
      variantId: "A",
      name: t("As written"),
      subject: subject || null,
      templateId: null,
      weight: 50,
    },
    { variantId: "B", name: t("Another subject"), subject: null, templateId: null, weight: 50 },
  ],
  winnerCriteria: "open_rate",
  testDurationHours: 4,
  testSamplePercent: 20,
});

/** Subjects compared on a part of the audience; the rest gets the winner. */
export function AbTestEditor({ form, draft, readOnly }: StepProps): ReactNode {
  // What does not add up to 100 yet stays here: the API refuses it.
  const [test, setTest] = useState(draft.abTestConfig);
  useEffect(() => setTest(draft.abTestConfig), [draft.abTestConfig]);
  const sum = test?.variants.reduce((all, one) => all + one.weight, 0) ?? 100;
  const write = (next: AbTest | null) => {
    setTest(next);
    if (!next || next.variants.reduce((all, one) => all + one.weight, 0) === 100) {
      form.set({ abTestConfig: next });
    }
  };
  const variant = (place: number, part: Partial<Variant>) =>
    test &&
    write({
      ...test,
      variants: test.variants.map((one, at) => (at === place ? { ...one, ...part } : one)),
    });
  const resize = (variants: Variant[]) => {
    if (!test) return;
    const each = Math.floor(100 / variants.length);
    const rest = 100 - each * variants.length;
    write({
      ...test,
      variants: variants.map((one, at) => ({ ...one, weight: each + (at === 0 ? rest : 0) })),
    });
  };
  const letter = LETTERS.find((one) => !test?.variants.some((two) => two.variantId === one));
  return (
    <section>
      <SectionTitle title={t("A/B test")} />
      <Switch
        label={t("Compare variants on a part of the audience; the rest gets the winner")}
        checked={test !== null}
        onChange={(event) =>
          write(event.currentTarget.checked ? fresh(draft.content?.subject ?? "") : null)
        }
      />
      {test && (
        <div className={classes.test}>
          {test.variants.map((one, place) => (
            <div key={one.variantId} className={classes.variant}>
              <b className={classes.place}>{one.variantId}</b>
              <TextInput
                aria-label={t("Name of variant {id}", { id: one.variantId })}
                placeholder={t("Name")}
                maxLength={100}
                value={one.name}
                onChange={(event) => variant(place, { name: event.currentTarget.value })}
              />
              <TextInput
                aria-label={t("Subject of variant {id}", { id: one.variantId })}
                placeholder={t("Subject; the message’s own where empty")}
                maxLength={500}
                value={one.subject ?? ""}
                onChange={(event) => variant(place, { subject: event.currentTarget.value || null })}
              />
              <NumberInput
                aria-label={t("Share of variant {id}", { id: one.variantId })}
                suffix="%"
                min={0}
                max={100}
                value={one.weight}
                error={sum !== 100}
                onChange={(value) => variant(place, { weight: Number(value) || 0 })}
              />
              <ActionIcon
                aria-label={t("Remove variant {id}", { id: one.variantId })}
                disabled={readOnly || test.variants.length <= 2}
                onClick={() => resize(test.variants.filter((_, at) => at !== place))}
              >
                <IconX size={15} stroke={1.6} />
              </ActionIcon>
            </div>
          ))}
          <div className={classes.inline}>
            <Button
              leftSection={<IconPlus size={15} stroke={1.6} />}
              disabled={readOnly || !letter}
              onClick={() =>
                letter &&
                resize([
                  ...test.variants,
                  { variantId: letter, name: "", subject: null, templateId: null, weight: 0 },
                ])
              }
            >
              {t("Add variant")}
            </Button>
            {sum !== 100 && (
              <span className={classes.bad}>
                {t("The shares sum to 100; these sum to {sum}.", { sum })}
              </span>
            )}
            {!letter && <span className={classes.note}>{t("A test has at most 5 variants.")}</span>}
          </div>
          <Fields min={180}>
            <Select
              label={t("The winner has the best")}
              allowDeselect={false}
              data={[
                { value: "open_rate", label: t("Open rate") },
                { value: "click_rate", label: t("Click rate") },
                { value: "conversion_rate", label: t("Conversion rate") },
                { value: "revenue", label: t("Revenue") },
              ]}
              value={test.winnerCriteria}
              onChange={(value) =>
                write({
                  ...test,
                  winnerCriteria: (value ?? "open_rate") as AbTest["winnerCriteria"],
                })
              }
            />
            <NumberInput
              label={t("Watched for")}
              suffix={t(" hours")}
              min={1}
              max={672}
              value={test.testDurationHours}
              onChange={(value) => write({ ...test, testDurationHours: Number(value) || 1 })}
            />
            <NumberInput
              label={t("Part of the audience in the test")}
              suffix="%"
              min={1}
              max={100}
              value={test.testSamplePercent}
              onChange={(value) => write({ ...test, testSamplePercent: Number(value) || 1 })}
            />
          </Fields>
        </div>
      )}
    </section>
  );
}
