import { Button, Menu } from "@mantine/core";
import { IconCheck, IconPlus } from "@tabler/icons-react";
import { Fragment, type ReactNode, type Ref } from "react";
import { t } from "../i18n";

interface FilterMenuProps {
  /** Its button. */
  ref?: Ref<HTMLButtonElement>;
  groups: {
    label: string;
    options: { label: string; on: boolean; onToggle: () => void }[];
  }[];
}

/** "+ Filter": what can be narrowed down by; chosen ones appear as `Chip`s beside it. */
export function FilterMenu({ groups, ref }: FilterMenuProps): ReactNode {
  return (
    <Menu position="bottom-start" closeOnItemClick={false}>
      <Menu.Target>
        <Button ref={ref} variant="subtle" leftSection={<IconPlus size={15} stroke={1.6} />}>
          {t("Filter")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
        {groups.map((group) => (
          <Fragment key={group.label}>
            <Menu.Label>{group.label}</Menu.Label>
            {group.options.map((option) => (
              <Menu.Item
                key={option.label}
                onClick={option.onToggle}
                rightSection={option.on ? <IconCheck size={14} aria-hidden /> : null}
              >
                {option.label}
              </Menu.Item>
            ))}
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
