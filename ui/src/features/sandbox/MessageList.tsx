import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import type { SandboxMessage } from "../../gen";
import { t } from "../../shared/i18n";
import { Channels, RelativeTime } from "../../shared/ui";
import classes from "./inbox.module.css";

interface MessageListProps {
  list: {
    rows: SandboxMessage[] | undefined;
    table: { hasMore: boolean; loadingMore: boolean; onLoadMore: () => void };
  };
  chosen: number | undefined;
  onChoose: (id: number) => void;
}

const HEIGHT = 62;

/** The left pane: newest first, any number of them. */
export function MessageList({ list, chosen, onChoose }: MessageListProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = list.rows ?? [];
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    overscan: 10,
    initialRect: { width: 340, height: 720 },
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasMore, loadingMore, onLoadMore } = list.table;
  useEffect(() => {
    if (hasMore && !loadingMore && last >= rows.length - 20) onLoadMore();
  }, [hasMore, loadingMore, last, rows.length, onLoadMore]);
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = rows.findIndex((row) => row.id === chosen);
    const next = Math.min(rows.length - 1, Math.max(0, at + step));
    const row = rows[next];
    if (row) onChoose(row.id);
    virtual.scrollToIndex(next);
  };
  return (
    <div
      ref={scroller}
      className={classes.list}
      role="listbox"
      aria-label={t("Messages")}
      aria-busy={list.rows === undefined}
      tabIndex={0}
      onKeyDown={walk}
    >
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list walks by arrow keys
            <div
              key={row.id}
              role="option"
              aria-selected={row.id === chosen}
              tabIndex={-1}
              className={classes.item}
              style={{ height: HEIGHT, transform: `translateY(${item.start}px)` }}
              onClick={() => onChoose(row.id)}
            >
              <span className={classes.itemTop}>
                <Channels of={[row.channel]} />
                <span className="ellipsis">{row.to}</span>
                <span className={classes.itemTime}>
                  <RelativeTime at={row.receivedAt} />
                </span>
              </span>
              <span className={`${classes.itemText} ellipsis`}>
                {hasSubject(row) ? row.subject : row.textBody}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Text and chat messages have none that their receivers see. */
export const hasSubject = (message: SandboxMessage): boolean =>
  message.subject !== "" && (message.channel === "email" || message.channel === "push");
