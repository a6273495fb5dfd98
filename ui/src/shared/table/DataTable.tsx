import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { number } from "../format";
import { t } from "../i18n";
import { InlineError } from "../ui/InlineError";
import { fitting, useWidth } from "./fit";
import { HeadRow } from "./HeadRow";
import { Row } from "./Row";
import { SkeletonRows } from "./SkeletonRows";
import classes from "./table.module.css";
import type { DataTableProps } from "./types";
import { useRowKeys } from "./useRowKeys";

/** More is asked for when this many rows are left below the last one drawn. */
const AHEAD = 30;

/**
 * The one table: sticky head of 32, rows of 36 or 48, drawn only where visible, so that it takes any
 * number of rows; more are loaded while scrolling. J and K walk, Enter opens, X selects.
 */
export function DataTable<T>(props: DataTableProps<T>): ReactNode {
  const { rows, rowHeight = 36, inline, hasMore, loadingMore, onLoadMore } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const narrow = useMediaQuery("(max-width: 1179px)") ?? false;
  const columns = fitting(props.columns, {
    width: useWidth(scroller),
    narrow,
    selecting: Boolean(props.onSelect),
    inline: Boolean(inline),
  });
  const tracks = [
    ...(props.onSelect ? ["32px"] : []),
    ...columns.map((column) => column.width ?? "minmax(80px, 1fr)"),
  ].join(" ");
  const count = rows?.length ?? 0;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    enabled: !inline,
    initialRect: { width: 1200, height: 720 },
  });
  const items = inline ? undefined : virtual.getVirtualItems();
  const last = items?.at(-1)?.index ?? count - 1;
  const wantsMore = Boolean(hasMore && !loadingMore && !props.error && count > 0);
  useEffect(() => {
    if (wantsMore && last >= count - AHEAD && !inline) onLoadMore?.();
  }, [wantsMore, last, count, inline, onLoadMore]);
  const [active, setActive] = useState(-1);
  const reveal = (index: number) => {
    setActive(index);
    if (!inline) virtual.scrollToIndex(index);
  };
  useRowKeys({ props, active, setActive: reveal });
  const row = (index: number, top?: number) => {
    const data = rows?.[index];
    if (data === undefined) return null;
    const key = props.rowKey(data);
    return (
      <Row
        key={key}
        row={data}
        index={index}
        top={top}
        columns={columns}
        tracks={tracks}
        table={props}
        active={index === active}
      />
    );
  };
  const failed = props.error !== undefined && props.error !== null;
  return (
    <div
      ref={scroller}
      className={inline ? classes.inline : classes.scroller}
      tabIndex={inline ? undefined : 0}
    >
      {failed && count > 0 && <Failed table={props} />}
      <div
        role="table"
        aria-label={props.label}
        aria-rowcount={props.total ?? (hasMore ? -1 : count)}
        aria-busy={rows === undefined && !failed}
      >
        <HeadRow columns={columns} tracks={tracks} table={props} />
        {inline && rows?.map((_, index) => row(index))}
        {!inline && count > 0 && (
          <div role="rowgroup" className={classes.rows} style={{ height: virtual.getTotalSize() }}>
            {items?.map((item) => row(item.index, item.start))}
          </div>
        )}
      </div>
      {failed && count === 0 && <Failed table={props} />}
      {!failed && rows === undefined && (
        <SkeletonRows columns={columns.length} tracks={tracks} height={rowHeight} />
      )}
      {!failed && rows !== undefined && count === 0 && (
        <div className={classes.state}>{props.empty}</div>
      )}
      {loadingMore && (
        <div className={classes.more} role="status">
          {t("Loading more, {count} so far", { count: number(count) })}
        </div>
      )}
      {inline && hasMore && !loadingMore && (
        <button type="button" className={classes.moreButton} onClick={onLoadMore}>
          {t("Show more")}
        </button>
      )}
    </div>
  );
}

/** Alone where nothing could be loaded; above the rows of before where they could not be renewed. */
function Failed<T>({ table }: { table: DataTableProps<T> }): ReactNode {
  return (
    <div className={classes.state}>
      <InlineError error={table.error} onRetry={table.onRetry} />
    </div>
  );
}
