import type { LogLine, LogPage } from "../model/types";

/** The part of a log that is held. A log may be any length; what is held has a bound, at whichever end one is not. */
export interface LogWindow {
  /** Ascending by id. */
  lines: LogLine[];
  /** There are older lines than the first one held. */
  hasBefore: boolean;
  /** There are newer lines than the last one held that were let go: following needs the newest again. */
  hasAfter: boolean;
}

export const MOST_LINES = 20_000;

/** What one begins with: the newest lines. */
export const opened = (page: LogPage): LogWindow => ({
  lines: page.lines,
  hasBefore: page.isMore,
  hasAfter: false,
});

/** Newer lines. What is known already is left out: a push and an answer may tell of the same line. */
export function followed(log: LogWindow, page: LogPage): LogWindow {
  const last = log.lines.at(-1)?.id ?? 0;
  const fresh = page.lines.filter((line) => line.id > last);
  if (fresh.length === 0 || log.hasAfter) return log;
  const lines = [...log.lines, ...fresh];
  const over = lines.length - MOST_LINES;
  return over > 0 ? { ...log, lines: lines.slice(over), hasBefore: true } : { ...log, lines };
}

/** Older lines. */
export function preceded(log: LogWindow, page: LogPage): LogWindow {
  const first = log.lines[0]?.id ?? Number.POSITIVE_INFINITY;
  const lines = [...page.lines.filter((line) => line.id < first), ...log.lines];
  const over = lines.length > MOST_LINES;
  return {
    lines: over ? lines.slice(0, MOST_LINES) : lines,
    hasBefore: page.isMore,
    hasAfter: log.hasAfter || over,
  };
}

/** Lines as text: for the clipboard and for files. */
export const textOf = (lines: LogLine[]): string =>
  lines
    .map((line) =>
      [line.at, line.level.toUpperCase().padEnd(7), line.stepCode ?? "-", line.message].join("  "),
    )
    .join("\n");
