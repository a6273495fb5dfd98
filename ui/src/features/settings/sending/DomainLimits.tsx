import { ActionIcon, Button, NumberInput, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { DomainLimit } from "../../../gen";
import { FormSection } from "../../../shared/form";
import { t } from "../../../shared/i18n";
import classes from "./sending.module.css";

interface DomainLimitsProps {
  limits: DomainLimit[];
  /** By path: `sending.domainLimits[0].domain`. */
  errors: Record<string, string | undefined>;
  onChange: (limits: DomainLimit[]) => void;
}

/** What mail services such as gmail.com are given an hour. */
export function DomainLimits({ limits, errors, onChange }: DomainLimitsProps): ReactNode {
  const set = (place: number, change: Partial<DomainLimit>) =>
    onChange(limits.map((one, n) => (n === place ? { ...one, ...change } : one)));
  const path = (place: number, field: string) => `sending.domainLimits[${place}].${field}`;
  return (
    <FormSection
      title={t("Limits per recipient domain")}
      text={t(
        "Large mail services refuse senders that come too fast. Their messages are spread evenly over the hour; all others do not wait.",
      )}
    >
      <div className={classes.domains}>
        {limits.map((limit, place) => (
          // Rows have no name of their own while they are typed.
          <div key={place} className={classes.domain}>
            <TextInput
              aria-label={t("Domain")}
              placeholder="gmail.com"
              value={limit.domain}
              error={errors[path(place, "domain")]}
              onChange={(event) =>
                set(place, { domain: event.currentTarget.value.trim().toLowerCase() })
              }
            />
            <NumberInput
              aria-label={t("Messages an hour")}
              min={1}
              thousandSeparator=","
              suffix={` ${t("an hour")}`}
              value={limit.perHour}
              error={errors[path(place, "perHour")]}
              onChange={(value) => set(place, { perHour: Number(value) || 0 })}
            />
            <ActionIcon
              variant="subtle"
              aria-label={t("Remove the limit of {domain}", { domain: limit.domain })}
              onClick={() => onChange(limits.filter((_, n) => n !== place))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </div>
        ))}
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...limits, { domain: "", perHour: 1000 }])}
        >
          {t("Add a domain")}
        </Button>
      </div>
    </FormSection>
  );
}
