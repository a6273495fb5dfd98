import cronstrue from "cronstrue";
import "cronstrue/locales/fr";
import "cronstrue/locales/sw";
import { language } from "../i18n";

/** A cron expression in words, on a 24 h clock; none where it cannot be read. */
export function cronWords(expression: string): string | undefined {
  try {
    return cronstrue.toString(expression.trim(), {
      use24HourTimeFormat: true,
      // "At 08:00" alone does not say that it is every day; the others say enough.
      verbose: rhythmOf(expression).kind === "day",
      locale: language(),
      dayOfWeekStartIndexZero: true,
      throwExceptionOnParseError: true,
    });
  } catch {
    return undefined;
  }
}

/** Times that most jobs have; anything else is an expression that a person writes. */
export type Rhythm =
  | { kind: "minutes"; every: number }
  | { kind: "hour"; minute: number }
  | { kind: "day"; minute: number; hour: number }
  /** `days` from 0, Sunday, to 6. */
  | { kind: "week"; minute: number; hour: number; days: number[] }
  | { kind: "month"; minute: number; hour: number; day: number }
  | { kind: "own" };

const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** What a person would have chosen to get an expression. */
export function rhythmOf(expression: string): Rhythm {
  const fields = expression.trim().split(/\s+/);
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  if (fields.length !== 5 || month !== "*") return { kind: "own" };
  const every = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (every && [hour, day, weekday].every((field) => field === "*")) {
    const minutes = Number(every);
    // Every 7 minutes is not every 7 minutes at the end of an hour.
    return 60 % minutes === 0 ? { kind: "minutes", every: minutes } : { kind: "own" };
  }
  const at = numberIn(minute, 0, 59);
  if (at === undefined) return { kind: "own" };
  if ([hour, day, weekday].every((field) => field === "*")) return { kind: "hour", minute: at };
  const clock = numberIn(hour, 0, 23);
  if (clock === undefined) return { kind: "own" };
  if (day === "*" && weekday === "*") return { kind: "day", minute: at, hour: clock };
  if (day === "*") {
    const days = daysIn(weekday);
    return days ? { kind: "week", minute: at, hour: clock, days } : { kind: "own" };
  }
  const date = numberIn(day, 1, 31);
  if (date === undefined || weekday !== "*") return { kind: "own" };
  return { kind: "month", minute: at, hour: clock, day: date };
}

/** The expression of a rhythm; none for one that a person writes. */
export function cronOf(rhythm: Rhythm): string | undefined {
  switch (rhythm.kind) {
    case "minutes":
      return `*/${rhythm.every} * * * *`;
    case "hour":
      return `${rhythm.minute} * * * *`;
    case "day":
      return `${rhythm.minute} ${rhythm.hour} * * *`;
    case "week":
      return `${rhythm.minute} ${rhythm.hour} * * ${[...rhythm.days].sort().join(",") || "*"}`;
    case "month":
      return `${rhythm.minute} ${rhythm.hour} ${rhythm.day} * *`;
    case "own":
      return undefined;
  }
}

function numberIn(field: string, least: number, most: number): number | undefined {
  const value = /^\d{1,2}$/.test(field) ? Number(field) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

/** "1-5", "MON,WED" or "0" as days; none where a step or something else is said. */
function daysIn(field: string): number[] | undefined {
  const day = (text: string) => {
    const named = WEEKDAYS.indexOf(text.toUpperCase());
    return named >= 0 ? named : numberIn(text, 0, 7);
  };
  const days = new Set<number>();
  for (const part of field.split(",")) {
    const [from = "", to = from] = part.split("-");
    const [first, last] = [day(from), day(to)];
    if (first === undefined || last === undefined || first > last) return undefined;
    for (let at = first; at <= last; at += 1) days.add(at % 7);
  }
  return [...days].sort();
}
