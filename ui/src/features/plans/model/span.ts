import { duration } from "../../../shared/format";

const UNITS = [
  ["W", 7 * 86_400_000],
  ["D", 86_400_000],
  ["H", 3_600_000],
  ["M", 60_000],
  ["S", 1000],
] as const;
const PATTERN = /^P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** An ISO 8601 duration of weeks, days, hours, minutes and seconds, in milliseconds. */
export function millisOf(iso: string): number | undefined {
  const parts = PATTERN.exec(iso);
  if (!parts) return undefined;
  return UNITS.reduce((sum, [, length], place) => sum + Number(parts[place + 1] ?? 0) * length, 0);
}

/** "3 days"; what cannot be read stays as it was written. */
export function spanWord(iso: string): string {
  const millis = millisOf(iso);
  return millis === undefined ? iso : duration(millis);
}
