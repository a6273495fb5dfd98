import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useGet } from "../../../shared/api";
import { sayError } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { Callout } from "../../../shared/ui";
import type { JobDetail } from "../model/types";
import { differences } from "./differences";
import { type Draft, draftOf, inputOf } from "./draft";
import classes from "./editor.module.css";

interface ConflictProps {
  mine: Draft;
  stored?: JobDetail;
  onTakeTheirs: () => Promise<unknown>;
  onSaveOver: () => Promise<unknown>;
}

/** Somebody saved the job meanwhile: where the two differ, and two ways out. */
export function Conflict({ mine, stored, onTakeTheirs, onSaveOver }: ConflictProps): ReactNode {
  const theirs = useGet<JobDetail>(`/jobs/${stored?.id}`, { now: stored?.version }, { staleMs: 0 });
  const [busy, setBusy] = useState(false);
  const act = async (way: () => Promise<unknown>) => {
    setBusy(true);
    await way().catch(sayError);
    setBusy(false);
  };
  const parts = theirs.data
    ? differences(inputOf(mine).definition, inputOf(draftOf(theirs.data)).definition)
    : [];
  return (
    <div className={classes.top}>
      <Callout
        tone="warn"
        role="alert"
        action={
          <span style={{ display: "inline-flex", gap: 8 }}>
            <Button loading={busy} onClick={() => void act(onTakeTheirs)}>
              {t("Take theirs, lose mine")}
            </Button>
            <Button loading={busy} onClick={() => void act(onSaveOver)}>
              {t("Save mine over theirs")}
            </Button>
          </span>
        }
      >
        {t("Somebody saved this job while you changed it. Nothing of yours is lost yet.")}
        {parts.length > 0 && <> {t("The two differ in: {parts}.", { parts: parts.join(", ") })}</>}
      </Callout>
    </div>
  );
}
