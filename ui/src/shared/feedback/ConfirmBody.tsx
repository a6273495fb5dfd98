import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { t } from "../i18n";
import { DialogActions } from "../ui/DialogActions";
import { InlineError } from "../ui/InlineError";
import type { Confirmation } from ".";

export function ConfirmBody(props: Confirmation & { onClose: () => void }): ReactNode {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const act = async () => {
    setBusy(true);
    try {
      await props.run();
      props.onClose();
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  return (
    <>
      <p style={{ margin: "0 0 12px" }}>{props.text}</p>
      {error !== undefined && <InlineError error={error} />}
      <DialogActions>
        <Button onClick={props.onClose} data-autofocus>
          {props.keep ?? t("Keep as it is")}
        </Button>
        <Button
          variant={props.danger ? "outline" : "filled"}
          color={props.danger ? "red" : undefined}
          loading={busy}
          onClick={act}
        >
          {props.action}
        </Button>
      </DialogActions>
    </>
  );
}
