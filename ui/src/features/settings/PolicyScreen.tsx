import {
  ActionIcon,
  Button,
  Checkbox,
  NumberInput,
  Select,
  Switch,
  TagsInput,
  TextInput,
} from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { FrequencyCap, Policy, QuietHours } from "../../gen";
import { put, useGet, useMay, useSend } from "../../shared/api";
import { say } from "../../shared/feedback";
import { Fields, FormSection } from "../../shared/form";
import { t } from "../../shared/i18n";
import { channelLabel, InlineError } from "../../shared/ui";
import { SaveBar } from "./SaveBar";
import { SettingsPage } from "./SettingsPage";
import classes from "./settings.module.css";
import { useEdit } from "./useEdit";

/** When nobody is disturbed, and how often at most. */
export function PolicyScreen(): ReactNode {
  const query = useGet<Policy>("/settings/policy");
  return (
    <SettingsPage
      at="/settings/policy"
      title={t("Quiet hours & caps")}
      text={t("For every campaign that has no rules of its own, on each customer’s own clock.")}
    >
      {query.error && <InlineError error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Form policy={query.data} />}
    </SettingsPage>
  );
}

const usualNight: QuietHours = { start: "21:00", end: "07:30", weekdays: [], holidays: [] };
const weekdays = () => [t("Mon"), t("Tue"), t("Wed"), t("Thu"), t("Fri"), t("Sat"), t("Sun")];

function Form({ policy }: { policy: Policy }): ReactNode {
  const mayChange = useMay()("manageSettings");
  const form = useEdit({
    quietHours: policy.quietHours ?? null,
    frequencyCaps: policy.frequencyCaps ?? [],
  });
  const { values, set, errors } = form;
  const send = useSend((body: typeof values) => put<Policy>("/settings/policy", body), {
    stale: ["settings"],
    onSuccess: () => say(t("Rules saved")),
  });
  const quiet = values.quietHours;
  return (
    <fieldset disabled={!mayChange} style={{ border: 0, margin: 0, padding: 0 }}>
      <FormSection
        title={t("Quiet hours")}
        text={t("A message that falls into them is sent at their end. Nothing is dropped.")}
      >
        <Switch
          label={t("Keep quiet hours")}
          checked={quiet !== null}
          onChange={(event) => set({ quietHours: event.currentTarget.checked ? usualNight : null })}
        />
        {quiet && (
          <Quiet
            quiet={quiet}
            errors={errors}
            onChange={(change) => set({ quietHours: { ...quiet, ...change } })}
          />
        )}
      </FormSection>
      <FormSection
        title={t("At most so many messages")}
        text={t(
          "One over the cap is skipped, with that reason. Days, weeks and months begin on the customer’s calendar.",
        )}
      >
        <Caps
          caps={values.frequencyCaps}
          errors={errors}
          onChange={(frequencyCaps) => set({ frequencyCaps })}
        />
      </FormSection>
      {mayChange && (
        <SaveBar
          isDirty={form.isDirty}
          busy={form.busy}
          error={form.error}
          action={t("Save rules")}
          onSave={() => void form.save((body) => send.mutateAsync(body))}
          onUndo={form.undo}
        />
      )}
    </fieldset>
  );
}

interface QuietProps {
  quiet: QuietHours;
  errors: Record<string, string>;
  onChange: (change: Partial<QuietHours>) => void;
}

function Quiet({ quiet, errors, onChange }: QuietProps): ReactNode {
  const chosen = quiet.weekdays ?? [];
  const isOn = (day: number) => chosen.length === 0 || chosen.includes(day);
  const toggle = (day: number) => {
    const now = [1, 2, 3, 4, 5, 6, 7].filter((other) => (other === day ? !isOn(day) : isOn(other)));
    // No day at all would read as every day: the last one stays on.
    if (now.length > 0) onChange({ weekdays: now.length === 7 ? [] : now });
  };
  return (
    <div className={classes.stack} style={{ marginTop: 12 }}>
      <Fields min={140}>
        <TextInput
          type="time"
          label={t("From")}
          value={quiet.start}
          error={errors["quietHours.start"]}
          onChange={(event) => onChange({ start: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          label={t("Until")}
          value={quiet.end}
          error={errors["quietHours.end"]}
          onChange={(event) => onChange({ end: event.currentTarget.value })}
        />
      </Fields>
      <div className={classes.days} role="group" aria-label={t("Days on which they begin")}>
        {weekdays().map((name, index) => (
          <Checkbox
            key={name}
            label={name}
            checked={isOn(index + 1)}
            onChange={() => toggle(index + 1)}
          />
        ))}
      </div>
      <TagsInput
        label={t("Quiet days")}
        description={t("Dates on which nothing is sent, from midnight to midnight.")}
        placeholder="2026-12-25"
        value={quiet.holidays ?? []}
        error={errors["quietHours.holidays"]}
        onChange={(holidays) => onChange({ holidays })}
      />
    </div>
  );
}

interface CapsProps {
  caps: FrequencyCap[];
  errors: Record<string, string>;
  onChange: (caps: FrequencyCap[]) => void;
}

function Caps({ caps, errors, onChange }: CapsProps): ReactNode {
  const replace = (index: number, change: Partial<FrequencyCap>) =>
    onChange(caps.map((cap, at) => (at === index ? { ...cap, ...change } : cap)));
  const channels = ["email", "sms", "whatsapp", "push"] as const;
  return (
    <div className={classes.stack}>
      {caps.map((cap, index) => (
        <div className={classes.caps} key={index}>
          <NumberInput
            aria-label={t("Messages")}
            min={1}
            max={10_000}
            value={cap.count}
            error={errors[`frequencyCaps[${index}].count`]}
            onChange={(count) => replace(index, { count: Number(count) || 1 })}
          />
          <Select
            aria-label={t("Channel")}
            allowDeselect={false}
            data={[
              { value: "all", label: t("on all channels") },
              ...channels.map((value) => ({
                value,
                label: t("by {channel}", { channel: channelLabel(value) }),
              })),
            ]}
            value={cap.channel ?? "all"}
            onChange={(value) =>
              replace(index, { channel: channels.find((channel) => channel === value) ?? null })
            }
          />
          <Select
            aria-label={t("Period")}
            allowDeselect={false}
            data={[
              { value: "day", label: t("a day") },
              { value: "week", label: t("a week") },
              { value: "month", label: t("a month") },
            ]}
            value={cap.period}
            onChange={(period) =>
              period && replace(index, { period: period as FrequencyCap["period"] })
            }
          />
          <ActionIcon
            variant="subtle"
            aria-label={t("Remove cap")}
            onClick={() => onChange(caps.filter((_, at) => at !== index))}
          >
            <IconTrash size={15} stroke={1.6} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          leftSection={<IconPlus size={15} stroke={1.6} />}
          onClick={() => onChange([...caps, { channel: null, count: 3, period: "week" }])}
        >
          {t("Add cap")}
        </Button>
      </div>
    </div>
  );
}
