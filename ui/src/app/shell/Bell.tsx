import { ActionIcon, Popover } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { t } from "../../shared/i18n";
import { usePulse } from "../pulse";
import { NotificationList } from "./NotificationList";
import classes from "./shell.module.css";

/** Notifications, with a dot while some are unread. Opening the list marks them as read. */
export function Bell(): ReactNode {
  const { unread } = usePulse();
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={360} trapFocus>
      <Popover.Target>
        <ActionIcon
          className={classes.bell}
          aria-label={
            unread > 0 ? t("Notifications, {n} unread", { n: unread }) : t("Notifications")
          }
          onClick={() => setOpened(!opened)}
        >
          <IconBell size={17} stroke={1.6} />
          {unread > 0 && <span className={classes.bellDot} />}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <NotificationList onClose={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}
