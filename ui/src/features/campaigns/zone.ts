/** Wall-clock times of a zone, as a `datetime-local` field has them, and the instants they mean. */

const parts = (at: number, zone: string) => {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const found = Object.fromEntries(format.formatToParts(at).map((one) => [one.type, one.value]));
  return `${found.year}-${found.month}-${found.day}T${found.hour}:${found.minute}`;
};

/** "2026-01-28T09:00" in the zone; empty for no instant. */
export function toLocal(instant: string | null, zone: string): string {
  if (!instant) return "";
  try {
    return parts(Date.parse(instant), zone);
  } catch {
    return parts(Date.parse(instant), "UTC");
  }
}

/**
 * The instant at which clocks of the zone show `local`; `null` for an empty field. In the hour that
 * a zone skips, the moment after the gap.
 */
export function fromLocal(local: string, zone: string): string | null {
  const wanted = Date.parse(`${local}Z`);
  if (Number.isNaN(wanted)) return null;
  let at = wanted;
  for (let round = 0; round < 3; round++) {
    const shown = Date.parse(`${toLocal(new Date(at).toISOString(), zone)}Z`);
    if (shown === wanted) break;
    at += wanted - shown;
  }
  return new Date(at).toISOString().replace(".000Z", "Z");
}
