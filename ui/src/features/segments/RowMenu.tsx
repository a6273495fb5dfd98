import { Menu, UnstyledButton } from "@mantine/core";
import { IconGripVertical } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { useBuilder } from "./context";
import classes from "./segments.module.css";
import { copy, type Item, newGroup } from "./tree";

/** What can be done with a row besides editing it: order, copies, groups. */
export function RowMenu({ item }: { item: Item }): ReactNode {
  const { change, move } = useBuilder();
  const isGroup = item.kind === "group";
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <UnstyledButton
          className={classes.grip}
          aria-label={isGroup ? t("Move or copy group") : t("Move or copy condition")}
          onKeyDown={(event) => {
            if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
            event.preventDefault();
            move(item.id, event.key === "ArrowUp" ? -1 : 1);
          }}
        >
          <IconGripVertical size={14} stroke={1.6} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item rightSection="Alt ↑" onClick={() => move(item.id, -1)}>
          {t("Move up")}
        </Menu.Item>
        <Menu.Item rightSection="Alt ↓" onClick={() => move(item.id, 1)}>
          {t("Move down")}
        </Menu.Item>
        <Menu.Item onClick={() => change(item.id, (old) => newGroup([old, copy(old)], "OR"))}>
          {t("Copy as an alternative")}
        </Menu.Item>
        <Menu.Item onClick={() => change(item.id, (old) => newGroup([old], "NOT"))}>
          {t("Leave out instead")}
        </Menu.Item>
        {!isGroup && (
          <Menu.Item onClick={() => change(item.id, (old) => newGroup([old], "AND"))}>
            {t("Put into a group")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
