import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { ApiError } from "../../shared/api";
import { t } from "../../shared/i18n";
import { InlineError } from "../../shared/ui";
import classes from "./settings.module.css";

interface SaveBarProps {
  isDirty: boolean;
  busy: boolean;
  error?: ApiError;
  /** Verb and object: "Save workspace". */
  action: string;
  onSave: () => void;
  onUndo: () => void;
}

/** Foot of a settings form: nothing to press until something was changed. */
export function SaveBar(props: SaveBarProps): ReactNode {
  return (
    <>
      {props.error && <InlineError error={props.error} />}
      <div className={classes.foot}>
        <Button
          variant="filled"
          disabled={!props.isDirty}
          loading={props.busy}
          onClick={props.onSave}
        >
          {props.action}
        </Button>
        {props.isDirty ? (
          <Button onClick={props.onUndo}>{t("Undo changes")}</Button>
        ) : (
          <span className={classes.quiet}>{t("Everything is saved")}</span>
        )}
      </div>
    </>
  );
}
