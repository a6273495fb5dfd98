import { Checkbox } from "@mantine/core";
import type { MouseEvent, ReactNode } from "react";
import { t } from "../i18n";
import { AppLink } from "../link";
import { toggled } from "./select";
import classes from "./table.module.css";
import type { Column, DataTableProps } from "./types";

interface RowProps<T> {
  row: T;
  index: number;
  /** Offset of a drawn row in the scrolled area. */
  top?: number;
  columns: Column<T>[];
  tracks: string;
  table: DataTableProps<T>;
  active: boolean;
}

const interactive = "a, button, input, label, [role=menuitem]";

export function Row<T>({
  row,
  index,
  top,
  columns,
  tracks,
  table,
  active,
}: RowProps<T>): ReactNode {
  const key = table.rowKey(row);
  const selected = table.selected?.has(key) ?? false;
  const open = (event: MouseEvent<HTMLElement>) => {
    if ((event.target as HTMLElement).closest(interactive)) return;
    table.onOpen?.(row);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the table opens its active row with Enter
    <div
      role="row"
      tabIndex={-1}
      className={classes.row}
      aria-rowindex={index + 2}
      aria-selected={table.onSelect ? selected : undefined}
      data-active={active || undefined}
      data-open={table.onOpen ? true : undefined}
      data-tone={table.tone?.(row)}
      style={{
        gridTemplateColumns: tracks,
        height: table.rowHeight ?? 36,
        ...(top === undefined
          ? {}
          : { position: "absolute", insetInline: 0, transform: `translateY(${top}px)` }),
      }}
      onClick={open}
    >
      {table.onSelect && (
        <div role="cell" className={classes.check}>
          <Checkbox
            aria-label={t("Select this row")}
            checked={selected}
            onChange={() => table.onSelect?.(toggled(table.selected, key))}
          />
        </div>
      )}
      {columns.map((column, place) => (
        <div
          role="cell"
          key={column.key}
          className={classes.cell}
          data-right={column.right || undefined}
        >
          {place === 0 && table.href ? (
            <AppLink href={table.href(row)} className={classes.link}>
              {column.cell(row)}
            </AppLink>
          ) : (
            column.cell(row)
          )}
        </div>
      ))}
    </div>
  );
}
