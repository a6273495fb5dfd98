import { t } from "../i18n";
import { useShortcut } from "../keys";
import { toggled } from "./select";
import type { DataTableProps } from "./types";

interface RowKeys<T> {
  props: DataTableProps<T>;
  active: number;
  setActive: (index: number) => void;
}

/** J and K walk through the rows, Enter opens, X selects; only for tables that fill the screen. */
export function useRowKeys<T>({ props, active, setActive }: RowKeys<T>): void {
  const { rows = [], onOpen, onSelect, selected, rowKey } = props;
  const current = rows[active];
  const group = t("This list");
  const walks = !props.inline && rows.length > 0;
  useShortcut("j", t("Next row"), () => setActive(Math.min(active + 1, rows.length - 1)), {
    group,
    enabled: walks,
  });
  useShortcut("k", t("Previous row"), () => setActive(Math.max(active - 1, 0)), {
    group,
    enabled: walks,
  });
  useShortcut("enter", t("Open the row"), () => current !== undefined && onOpen?.(current), {
    group,
    enabled: walks && current !== undefined && onOpen !== undefined,
  });
  useShortcut(
    "x",
    t("Select the row"),
    () => current !== undefined && onSelect?.(toggled(selected, rowKey(current))),
    { group, enabled: walks && onSelect !== undefined },
  );
}
