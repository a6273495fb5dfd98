import type { ReactNode } from "react";
import { useGet } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { Chip, Toolbar } from "../../../shared/table";
import classes from "./queues.module.css";

interface CampaignChipProps {
  id: string;
  /** Where it is known already. */
  name: string | undefined;
  onRemove: () => void;
}

/** Says that only one campaign's messages show; its cross shows all. */
export function CampaignChip({ id, name, onRemove }: CampaignChipProps): ReactNode {
  const campaign = useGet<{ name: string }>(`/campaigns/${id}`, undefined, { enabled: !name }).data;
  return (
    <div className={classes.filter}>
      <Toolbar>
        <Chip
          label={t("Campaign is {name}", { name: name ?? campaign?.name ?? "…" })}
          onRemove={onRemove}
        />
      </Toolbar>
    </div>
  );
}
