import { useCallback, useEffect, useRef, useState } from "react";
import { get, useLive } from "../../../shared/api";
import type { LogPage } from "../model/types";
import { followed, type LogWindow, opened, preceded } from "./logWindow";

/** Lines of one question; the server gives no more than this. */
const PAGE = 1_000;

export interface LogFilter {
  step?: string;
  level?: string;
  search?: string;
}

/** A log as far as it is held: the newest lines first, older ones when asked for, new ones as they are pushed. */
export function useLog(id: string, filter: LogFilter) {
  const [log, setLog] = useState<LogWindow>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const path = `/executions/${id}/log`;
  const { step, level, search } = filter;
  const query = JSON.stringify({ step, level, search });
  /** The question that answers belong to: those of an older one are thrown away. */
  const current = useRef("");
  /** The log as it was when the last answer came. */
  const held = useRef<LogWindow>(undefined);
  const keep = useCallback((next: LogWindow) => {
    held.current = next;
    setLog(next);
  }, []);

  const open = useCallback(async () => {
    const mine = `${path} ${query}`;
    current.current = mine;
    setError(undefined);
    try {
      const page = await get<LogPage>(path, { ...JSON.parse(query), limit: PAGE });
      if (current.current === mine) keep(opened(page));
    } catch (cause) {
      if (current.current === mine) setError(cause);
    }
  }, [path, query, keep]);
  useEffect(() => void open(), [open]);

  const working = useRef(false);
  const wanted = useRef(false);
  const follow = useCallback(async () => {
    // One question at a time; what is pushed meanwhile is asked for when it is answered.
    wanted.current = true;
    if (working.current) return;
    working.current = true;
    const mine = `${path} ${query}`;
    try {
      while (wanted.current && current.current === mine && held.current) {
        wanted.current = false;
        let isMore = true;
        while (isMore && !held.current.hasAfter) {
          const after = held.current.lines.at(-1)?.id ?? 0;
          const page = await get<LogPage>(path, { ...JSON.parse(query), after, limit: PAGE });
          if (current.current !== mine) return;
          keep(followed(held.current, page));
          isMore = page.isMore && page.lines.length > 0;
        }
      }
    } catch (cause) {
      if (current.current === mine) setError(cause);
    } finally {
      working.current = false;
    }
  }, [path, query, keep]);
  const live = useLive<{ lastId: number }>(`log:${id}`);
  const isOpen = log !== undefined;
  useEffect(() => {
    if (live !== undefined && isOpen) void follow();
  }, [live, isOpen, follow]);

  const before = async () => {
    const first = held.current?.lines[0]?.id;
    if (busy || first === undefined || !held.current?.hasBefore) return;
    const mine = current.current;
    setBusy(true);
    try {
      const page = await get<LogPage>(path, { ...JSON.parse(query), before: first, limit: PAGE });
      if (current.current === mine && held.current) keep(preceded(held.current, page));
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return { log, error, busy, before, open, follow };
}
