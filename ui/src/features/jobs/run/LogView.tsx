import { ActionIcon, Button, Select, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowDown, IconCopy, IconDownload, IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type ReactNode,
  type Ref,
  type UIEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { saveFile } from "../../../host";
import { say, sayError } from "../../../shared/feedback";
import { fullTime, number, timeSeconds } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { InlineError, StatusShape } from "../../../shared/ui";
import type { LogLine, StepRun } from "../model/types";
import classes from "./log.module.css";
import { textOf } from "./logWindow";
import { useLog } from "./useLog";

const LINE = 20;
/** So near to the end counts as being there: following goes on. */
const NEAR_END = 40;

interface LogViewProps {
  execution: string;
  /** Asked again when it changes: a log without pushes is read once more when the run has moved on. */
  pulse: string;
  isRunning: boolean;
  steps: StepRun[];
  /** The step that is looked at; empty: all. */
  step: string;
  onStep: (code: string) => void;
}

/** The log of a run: follows what is written, searches, and shows one step or all. Any length, a few lines at a time. */
export function LogView(props: LogViewProps): ReactNode {
  const { execution, isRunning, steps, step, onStep } = props;
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 250);
  const [level, setLevel] = useState("");
  const source = useLog(execution, {
    step: step || undefined,
    level: level || undefined,
    search: search || undefined,
  });
  const { log, follow } = source;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks when the run has moved on
  useEffect(() => void follow(), [props.pulse, follow]);
  const [isFollowing, setFollowing] = useState(true);
  const lines = log?.lines ?? [];
  const copy = () =>
    navigator.clipboard
      .writeText(textOf(lines))
      .then(() => say(tn(lines.length, "{n} line copied", "{n} lines copied")))
      .catch(sayError);
  const keep = () =>
    saveFile("run.log", new Blob([`${textOf(lines)}\n`], { type: "text/plain" })).catch(sayError);
  const toEnd = () => {
    setFollowing(true);
    if (log?.hasAfter) void source.open();
  };
  return (
    <section className={classes.log} aria-label={t("Log")}>
      <div className={classes.tools}>
        <TextInput
          size="xs"
          className={classes.find}
          aria-label={t("Search in the log")}
          placeholder={t("Search")}
          leftSection={<IconSearch size={14} stroke={1.6} />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Select
          size="xs"
          className={classes.choice}
          aria-label={t("Step")}
          data={[
            { value: "", label: t("All steps") },
            ...steps.map((one) => ({ value: one.stepCode, label: one.stepName })),
          ]}
          value={step}
          onChange={(value) => onStep(value ?? "")}
        />
        <Select
          size="xs"
          className={classes.choice}
          aria-label={t("Level")}
          data={[
            { value: "", label: t("All lines") },
            { value: "warning", label: t("Warnings") },
            { value: "error", label: t("Errors") },
          ]}
          value={level}
          onChange={(value) => setLevel(value ?? "")}
        />
        <span className={classes.toolButtons}>
          <Tooltip label={t("Copy what is shown")}>
            <ActionIcon size="xs" aria-label={t("Copy what is shown")} onClick={copy}>
              <IconCopy size={14} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t("Save as a file")}>
            <ActionIcon size="xs" aria-label={t("Save as a file")} onClick={() => void keep()}>
              <IconDownload size={14} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </span>
      </div>
      {source.error !== undefined && (
        <div className={classes.error}>
          <InlineError error={source.error} onRetry={() => void source.open()} />
        </div>
      )}
      {log && lines.length === 0 ? (
        <p className={classes.none}>
          {search || level || step
            ? t("No line is like that.")
            : isRunning
              ? t("Nothing was written yet.")
              : t("Nothing was written.")}
        </p>
      ) : (
        <Lines
          key={`${execution} ${step} ${level} ${search}`}
          lines={lines}
          search={search}
          isFollowing={isFollowing}
          hasBefore={Boolean(log?.hasBefore)}
          busy={source.busy}
          onBefore={() => void source.before()}
          onFollow={setFollowing}
        />
      )}
      <div className={classes.foot}>
        <span>
          {!log
            ? t("Reading the log…")
            : log.hasBefore
              ? t("{n} lines shown, there are older ones", { n: number(lines.length) })
              : tn(lines.length, "{n} line", "{n} lines")}
        </span>
        {isFollowing && isRunning && !log?.hasAfter ? (
          <span className={classes.following}>
            <StatusShape status="running" size={12} />
            {t("Following")}
          </span>
        ) : (
          lines.length > 0 &&
          (!isFollowing || log?.hasAfter) && (
            <Button
              size="xs"
              variant="subtle"
              leftSection={<IconArrowDown size={14} stroke={1.6} />}
              onClick={toEnd}
            >
              {t("To the newest")}
            </Button>
          )
        )}
      </div>
    </section>
  );
}

interface LinesProps {
  lines: LogLine[];
  search: string;
  isFollowing: boolean;
  hasBefore: boolean;
  busy: boolean;
  onBefore: () => void;
  onFollow: (on: boolean) => void;
}

function Lines(props: LinesProps): ReactNode {
  const { lines, isFollowing, hasBefore, busy, onBefore, onFollow } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    getItemKey: (at) => lines[at]?.id ?? at,
    overscan: 20,
    initialRect: { width: 400, height: 400 },
  });
  const last = lines.at(-1)?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new last line scrolls
  useLayoutEffect(() => {
    if (isFollowing && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: "end" });
  }, [last, isFollowing]);
  // Lines that come in above push the others down; the eye stays where it reads.
  const first = useRef<number>(undefined);
  useLayoutEffect(() => {
    const was = first.current;
    const is = lines[0]?.id;
    const place = was === undefined ? 0 : lines.findIndex((line) => line.id === was);
    if (place > 0 && is !== undefined && was !== undefined && is < was && scroller.current) {
      scroller.current.scrollTop += place * LINE;
    }
    first.current = is;
  }, [lines]);
  const scrolled = (event: UIEvent<HTMLDivElement>) => {
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
    onFollow(scrollHeight - scrollTop - clientHeight < NEAR_END);
    if (scrollTop < 200 && hasBefore && !busy) onBefore();
  };
  return (
    <div
      ref={scroller}
      className={classes.lines}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label={t("Lines of the log")}
      onScroll={scrolled}
    >
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index];
          return (
            line && (
              <Line
                key={line.id}
                ref={virtual.measureElement}
                at={item.index}
                line={line}
                top={item.start}
                search={props.search}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

interface LineProps {
  ref: Ref<HTMLDivElement>;
  /** Its place among the lines, where its height is kept. */
  at: number;
  line: LogLine;
  top: number;
  search: string;
}

function Line({ ref, at, line, top, search }: LineProps): ReactNode {
  return (
    <div
      ref={ref}
      data-index={at}
      className={classes.line}
      data-level={line.level}
      style={{ transform: `translateY(${top}px)` }}
    >
      <time dateTime={line.at} title={`${fullTime(line.at)} · ${line.stepCode ?? ""}`}>
        {timeSeconds(line.at)}
      </time>
      <span className={classes.message}>
        {line.level === "error" && <span className="visually-hidden">{t("Error:")} </span>}
        <Found text={line.message} search={search} />
      </span>
    </div>
  );
}

/** The text with what was searched for marked in it. */
function Found({ text, search }: { text: string; search: string }): ReactNode {
  const at = search ? text.toLowerCase().indexOf(search.toLowerCase()) : -1;
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + search.length)}</mark>
      {text.slice(at + search.length)}
    </>
  );
}
