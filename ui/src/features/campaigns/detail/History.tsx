import { IconCircleDot } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useGet } from "../../../shared/api";
import { brief, fieldWord } from "../../../shared/format/campaign";
import { t } from "../../../shared/i18n";
import { EmptyState, InlineError, Timeline } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import type { Campaign, HistoryEntry } from "../types";
import { actionWord } from "../words";

/** Who did what to the campaign, with what it changed. */
export function History({ campaign }: { campaign: Campaign }): ReactNode {
  const { data, error, refetch } = useGet<HistoryEntry[]>(`/campaigns/${campaign.id}/history`);
  if (error) return <InlineError error={error} onRetry={() => void refetch()} />;
  if (!data) return null;
  if (data.length === 0) return <EmptyState title={t("Nothing was done yet")} />;
  return (
    <div style={{ maxWidth: 760 }}>
      <Timeline
        items={data.map((entry) => ({
          id: String(entry.id),
          at: entry.at,
          icon: <IconCircleDot size={14} stroke={1.6} aria-hidden />,
          title: t("{what} by {who}", { what: actionWord(entry.action), who: entry.actorName }),
          text: <Fields entry={entry} />,
        }))}
      />
    </div>
  );
}

const QUIET = new Set(["campaign.created", "campaign.duplicated"]);

function Fields({ entry }: { entry: HistoryEntry }): ReactNode {
  if (!entry.after || QUIET.has(entry.action)) return null;
  const rows = Object.entries(entry.after).filter(
    ([field, value]) =>
      JSON.stringify(value) !== JSON.stringify(entry.before?.[field]) && value !== "",
  );
  if (rows.length === 0) return null;
  return (
    <ul className={classes.diff}>
      {rows.map(([field, value]) => (
        <li key={field}>
          {fieldWord(field)}:{" "}
          {entry.before && field in entry.before && (
            <>
              <del>{brief(entry.before[field], field)}</del>{" "}
            </>
          )}
          <ins style={{ textDecoration: "none", color: "var(--m-text)" }}>
            {brief(value, field)}
          </ins>
        </li>
      ))}
    </ul>
  );
}
