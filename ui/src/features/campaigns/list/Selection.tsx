import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { post } from "../../../shared/api";
import { sayError, sayUndo } from "../../../shared/feedback";
import { t, tn } from "../../../shared/i18n";
import { SelectionBar } from "../../../shared/table";
import type { Campaign } from "../types";

interface SelectionProps {
  rows: Campaign[];
  archived: boolean;
  onDone: () => void;
}

/** What can be done to several campaigns at once. */
export function Selection({ rows, archived, onDone }: SelectionProps): ReactNode {
  const each = async (action: string) => {
    try {
      for (const row of rows) await post(`/campaigns/${row.id}/${action}`);
      return true;
    } catch (cause) {
      sayError(cause);
      return false;
    } finally {
      onDone();
    }
  };
  const archive = async () => {
    const ids = rows.map((row) => row.id);
    if (!(await each("archive"))) return;
    sayUndo(tn(ids.length, "{n} campaign archived", "{n} campaigns archived"), async () => {
      for (const id of ids) await post(`/campaigns/${id}/unarchive`);
      onDone();
    });
  };
  return (
    <SelectionBar count={rows.length} onClear={onDone}>
      <Button variant="subtle" onClick={() => void each("duplicate")}>
        {t("Duplicate")}
      </Button>
      {archived ? (
        <Button variant="subtle" onClick={() => void each("unarchive")}>
          {t("Take out of the archive")}
        </Button>
      ) : (
        <Button variant="subtle" onClick={() => void archive()}>
          {t("Archive")}
        </Button>
      )}
    </SelectionBar>
  );
}
