import { Button, Modal } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { t } from "../i18n";
import { useGo } from "../link";
import { DialogActions } from "../ui";

interface LeaveGuardProps {
  isDirty: boolean;
  /** What is lost. */
  text: string;
  /** Where to go once it is saved: nothing is lost then. */
  leaving?: string;
}

/** Asks before what was written is lost: by a link, by the back button, by closing the window. */
export function LeaveGuard({ isDirty, text, leaving }: LeaveGuardProps): ReactNode {
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
      <p style={{ margin: 0 }}>{text}</p>
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
