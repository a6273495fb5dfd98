import { ActionIcon, type ActionIconProps, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** What else can be done with something: three dots that open a menu. `label` says with what. */
export function MoreMenu({
  label,
  children,
  ...look
}: Pick<ActionIconProps, "variant" | "size"> & { label: string; children: ReactNode }): ReactNode {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon {...look} aria-label={label}>
          <IconDots size={look.size === "xs" ? 14 : 16} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
