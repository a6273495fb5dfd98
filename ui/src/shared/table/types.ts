import type { ReactNode } from "react";

export interface Column<T> {
  /** Name of the column; also what `onSort` hands back. */
  key: string;
  header: string;
  /** Grid track: "120px", "minmax(180px, 2fr)". Default "minmax(80px, 1fr)". */
  width?: string;
  /** Numbers, money and dates of equal length stand right. */
  right?: boolean;
  sortable?: boolean;
  /** Goes first when the window is below 1180. */
  optional?: boolean;
  cell: (row: T) => ReactNode;
}

export interface Sort {
  key: string;
  desc: boolean;
}

export interface DataTableProps<T> {
  /** What the table lists, for screen readers: "Campaigns". */
  label: string;
  columns: Column<T>[];
  /** `undefined` while the first answer is on its way. */
  rows: T[] | undefined;
  rowKey: (row: T) => string;
  /** Enter or click. */
  onOpen?: (row: T) => void;
  /** Makes the first text column a real link as well (middle click, copy). */
  href?: (row: T) => string;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  /** Keys of selected rows; with `onSelect` a checkbox column appears. */
  selected?: ReadonlySet<string>;
  onSelect?: (keys: ReadonlySet<string>) => void;
  error?: unknown;
  onRetry?: () => void;
  /** Shown instead of rows: an `EmptyState`. */
  empty?: ReactNode;
  hasMore?: boolean;
  loadingMore?: boolean;
  onLoadMore?: () => void;
  /** All rows there are, loaded or not. */
  total?: number;
  /** 36 (default), 48 for rows of two lines, 92 where one says why in a sentence or two. */
  rowHeight?: 36 | 48 | 92;
  /** Not scrolling itself: short tables inside a page. */
  inline?: boolean;
  /** A row that needs someone or is out of service. */
  tone?: (row: T) => "quiet" | "warn" | undefined;
}
