import { ActionIcon } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { usePulse } from "../pulse";
import classes from "./shell.module.css";

/** Notifications, with a dot while some are unread. */
export function Bell(): ReactNode {
  const { unread } = usePulse();
  return (
    <ActionIcon className={classes.bell} aria-label={t("Notifications")}>
      <IconBell size={17} stroke={1.6} />
      {unread > 0 && <span className={classes.bellDot} />}
    </ActionIcon>
  );
}
