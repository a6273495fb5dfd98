import { type RefObject, useLayoutEffect, useState } from "react";
import type { Column } from "./types";

/** What stands between and around the columns of a wide window, in pixels; `table.module.css` says the same. */
const GAP = 16;
const EDGE = 24;
const CHECKBOX = 32;

interface Room {
  /** Of the table, in pixels; 0: not measured. */
  width: number;
  /** The window is below 1180. */
  narrow: boolean;
  selecting: boolean;
  inline: boolean;
}

/** The smallest width of a track: 160 of "minmax(160px, 2fr)". */
const least = (track = "minmax(80px, 1fr)") => Number(/(\d+)px/.exec(track)?.[1] ?? 80);

/**
 * The columns there is room for: optional ones go, the last one first; the others never do. In a narrow
 * window all optional ones go, so that the rest can breathe.
 */
export function fitting<T>(columns: Column<T>[], room: Room): Column<T>[] {
  if (room.narrow) return columns.filter((column) => !column.optional);
  if (room.width === 0) return columns;
  const around = (room.inline ? 0 : 2 * EDGE) + (room.selecting ? CHECKBOX + GAP : 0) - GAP;
  const kept = [...columns];
  const needed = () => kept.reduce((sum, column) => sum + least(column.width) + GAP, around);
  for (let place = kept.length - 1; place >= 0 && needed() > room.width; place -= 1) {
    if (kept[place]?.optional) kept.splice(place, 1);
  }
  return kept;
}

/** How wide an element is now, in whole pixels; 0 before it is drawn. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const node = element.current;
    if (!node) return;
    setWidth(node.clientWidth);
    const observer = new ResizeObserver(() => setWidth(node.clientWidth));
    observer.observe(node);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
