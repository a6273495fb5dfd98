/** Wall-clock times of a zone, as a `datetime-local` field has them, and the instants they mean. */

const parts = (at: number, zone: string) => {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const found = Object.fromEntries(format.formatToParts(at).map((one) => [one.type, one.value]));
  return `${found.year}-${found.month}-${found.day}T${found.hour}:${found.minute}:${found.second}`;
};

const wallClock = (at: number, zone: string): string => {
  try {
    return parts(at, zone);
  } catch {
    return parts(at, "UTC");
  }
};

/** "2026-01-28T09:00" in the zone, with seconds only where there are some; empty for no instant. */
export const toLocal = (instant: string | null, zone: string): string =>
  instant ? wallClock(Date.parse(instant), zone).replace(/:00$/, "") : "";

/**
 * The instant at which clocks of the zone show `local`; `null` for an empty field. In the hour that
 * a zone skips, the moment after the gap.
 */
export function fromLocal(local: string, zone: string): string | null {
  const wanted = Date.parse(`${local}Z`);
  if (Number.isNaN(wanted)) return null;
  let at = wanted;
  for (let round = 0; round < 3; round++) {
    const shown = Date.parse(`${wallClock(at, zone)}Z`);
    if (shown === wanted) break;
    at += wanted - shown;
  }
  return new Date(at).toISOString().replace(".000Z", "Z");
}
