import { Button, Modal } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { DialogActions } from "../../../shared/ui";

interface LeaveGuardProps {
  isDirty: boolean;
  /** Where to go once it is saved: nothing is lost then. */
  leaving?: string;
}

/** Asks before what was written is lost: by a link, by the back button, by closing the window. */
export function LeaveGuard({ isDirty, leaving }: LeaveGuardProps): ReactNode {
  const go = useGo();
  const isGuarded = isDirty && leaving === undefined;
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isGuarded && current.pathname !== next.pathname,
    enableBeforeUnload: isGuarded,
    withResolver: true,
  });
  useEffect(() => {
    if (leaving) go(leaving);
  }, [leaving, go]);
  return (
    <Modal
      opened={blocker.status === "blocked"}
      onClose={() => blocker.reset?.()}
      title={t("Leave without saving?")}
    >
      <p style={{ margin: 0 }}>{t("What you changed in this job is lost then.")}</p>
      <DialogActions>
        <Button variant="outline" color="red" onClick={() => blocker.proceed?.()}>
          {t("Leave without saving")}
        </Button>
        <Button variant="filled" data-autofocus onClick={() => blocker.reset?.()}>
          {t("Stay here")}
        </Button>
      </DialogActions>
    </Modal>
  );
}
