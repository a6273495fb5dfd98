import { Checkbox } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "../i18n";
import classes from "./table.module.css";
import type { Column, DataTableProps } from "./types";

interface HeadRowProps<T> {
  columns: Column<T>[];
  tracks: string;
  table: DataTableProps<T>;
}

/** Column names; a sortable one is a button that says which way it sorts. */
export function HeadRow<T>({ columns, tracks, table }: HeadRowProps<T>): ReactNode {
  const keys = table.onSelect ? (table.rows?.map(table.rowKey) ?? []) : [];
  const chosen = keys.filter((key) => table.selected?.has(key)).length;
  return (
    <div
      role="row"
      className={classes.head}
      style={{ gridTemplateColumns: tracks }}
      aria-rowindex={1}
    >
      {table.onSelect && (
        <div role="columnheader" className={classes.check}>
          <Checkbox
            aria-label={t("Select all loaded rows")}
            checked={chosen > 0 && chosen === keys.length}
            indeterminate={chosen > 0 && chosen < keys.length}
            onChange={() => table.onSelect?.(new Set(chosen === keys.length ? [] : keys))}
          />
        </div>
      )}
      {columns.map((column) => (
        <HeadCell key={column.key} column={column} table={table} />
      ))}
    </div>
  );
}

function HeadCell<T>({
  column,
  table,
}: {
  column: Column<T>;
  table: DataTableProps<T>;
}): ReactNode {
  const sorted = table.sort?.key === column.key ? table.sort : undefined;
  const order = sorted ? (sorted.desc ? "descending" : "ascending") : undefined;
  return (
    <div
      role="columnheader"
      className={classes.headCell}
      aria-sort={order}
      data-right={column.right || undefined}
    >
      {column.sortable && table.onSort ? (
        <button
          type="button"
          className={classes.sort}
          onClick={() => table.onSort?.({ key: column.key, desc: sorted ? !sorted.desc : false })}
        >
          {column.header}
          {sorted &&
            (sorted.desc ? (
              <IconArrowDown size={13} stroke={1.8} aria-hidden />
            ) : (
              <IconArrowUp size={13} stroke={1.8} aria-hidden />
            ))}
        </button>
      ) : (
        <span className={column.header ? "ellipsis" : "visually-hidden"} title={column.header}>
          {column.header || t("Actions")}
        </span>
      )}
    </div>
  );
}
