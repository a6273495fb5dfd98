import { NumberInput, Select } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { useBuilder } from "./context";
import { SpanInput } from "./SpanInput";
import classes from "./segments.module.css";
import type { Line } from "./tree";
import type { Deed } from "./words";

interface DeedValueProps {
  line: Line;
  readOnly: boolean;
  onChange: (value: Deed) => void;
}

/** What somebody did: because of which campaign, how often, since when. */
export function DeedValue({ line, readOnly, onChange }: DeedValueProps): ReactNode {
  const { campaigns } = useBuilder();
  const deed = (typeof line.value === "object" && line.value !== null ? line.value : {}) as Deed;
  const set = (next: Partial<Deed>) => {
    const merged = { ...deed, ...next };
    const kept = Object.entries(merged).filter(([, value]) => value !== undefined);
    onChange(Object.fromEntries(kept));
  };
  return (
    <>
      <Select
        aria-label={t("Which campaign")}
        className={classes.campaign}
        searchable
        readOnly={readOnly}
        value={deed.campaign_id ?? (deed.campaign_ids ? "several" : "any")}
        onChange={(id) =>
          id && set({ campaign_id: id === "any" ? undefined : id, campaign_ids: undefined })
        }
        data={[
          { value: "any", label: t("any campaign") },
          ...(deed.campaign_ids ? [{ value: "several", label: t("several campaigns") }] : []),
          ...campaigns,
        ]}
        comboboxProps={{ width: 260, position: "bottom-start" }}
        maxDropdownHeight={300}
      />
      <span className={classes.together}>
        <span className={classes.word}>{t("at least")}</span>
        <NumberInput
          aria-label={t("How often at least")}
          className={classes.times}
          readOnly={readOnly}
          hideControls
          min={1}
          max={10_000}
          allowDecimal={false}
          value={deed.at_least ?? 1}
          onChange={(times) => set({ at_least: Number(times) > 1 ? Number(times) : undefined })}
        />
        <span className={classes.word}>×</span>
      </span>
      <span className={classes.together}>
        <Select
          aria-label={t("Since when")}
          className={classes.short}
          readOnly={readOnly}
          allowDeselect={false}
          value={deed.within_last === undefined ? "ever" : "within"}
          onChange={(kind) => set({ within_last: kind === "within" ? "30 days" : undefined })}
          data={[
            { value: "ever", label: t("ever") },
            { value: "within", label: t("within") },
          ]}
        />
        {deed.within_last !== undefined && (
          <SpanInput
            value={deed.within_last}
            readOnly={readOnly}
            onChange={(within_last) => set({ within_last })}
          />
        )}
      </span>
    </>
  );
}
