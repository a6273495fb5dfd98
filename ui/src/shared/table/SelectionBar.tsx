import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t, tn } from "../i18n";
import { useShortcut } from "../keys";
import classes from "./table.module.css";

interface SelectionBarProps {
  count: number;
  onClear: () => void;
  /** `<Button variant="subtle">`s: what can be done with all of them. */
  children: ReactNode;
}

/** Floats at the bottom while rows are selected; Esc clears. */
export function SelectionBar({ count, onClear, children }: SelectionBarProps): ReactNode {
  useShortcut("escape", t("Clear the selection"), onClear, {
    group: t("This list"),
    enabled: count > 0,
  });
  if (count === 0) return null;
  return (
    <div className={classes.selection} role="toolbar" aria-label={t("Selected rows")}>
      <span style={{ marginRight: 8 }}>{tn(count, "{n} selected", "{n} selected")}</span>
      {children}
      <ActionIcon aria-label={t("Clear the selection")} onClick={onClear}>
        <IconX size={15} />
      </ActionIcon>
    </div>
  );
}
