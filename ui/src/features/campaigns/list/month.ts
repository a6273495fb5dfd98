/** Months and days of a calendar as numbers; a day is counted since 1970 in the workspace's zone. */
import { dayNumber } from "../../../shared/format";
import type { Campaign } from "../types";

const DAY_MS = 86_400_000;

export interface Month {
  year: number;
  /** From 0, as `Date` counts. */
  month: number;
}

const first = ({ year, month }: Month) => Date.UTC(year, month, 1) / DAY_MS;

/** "2026-11", or this month where that says nothing. */
export function monthOf(text: string | undefined, now: number): Month {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text ?? "") ?? [];
  if (year && month) return { year: Number(year), month: Number(month) - 1 };
  const today = new Date(dayNumber(now) * DAY_MS);
  return { year: today.getUTCFullYear(), month: today.getUTCMonth() };
}

export const monthKey = (month: Month, by = 0): string =>
  new Date(Date.UTC(month.year, month.month + by, 1)).toISOString().slice(0, 7);

/** Noon of a day in UTC: the same date in every zone up to eleven hours away, for naming it. */
export const noonOf = (day: number): number => day * DAY_MS + DAY_MS / 2;

export const isOf = (month: Month, day: number): boolean =>
  new Date(day * DAY_MS).getUTCMonth() === month.month;

/** The weeks that a month touches, each from Monday to Sunday. */
export function weeksOf(month: Month): number[][] {
  const start = first(month);
  const end = first({ year: month.year, month: month.month + 1 });
  // The first of January 1970 was a Thursday.
  const monday = start - ((start + 3) % 7);
  const count = Math.ceil((end - monday) / 7);
  return Array.from({ length: count }, (_, week) =>
    Array.from({ length: 7 }, (_, place) => monday + week * 7 + place),
  );
}

/** The days on which a campaign sends: from its start to its end, or to today while it runs. */
export function daysOf(campaign: Campaign, now: number): { from: number; to: number } | undefined {
  const begin = campaign.startedAt ?? campaign.scheduledAt;
  if (!begin || (campaign.status === "cancelled" && !campaign.startedAt)) return undefined;
  const from = dayNumber(begin);
  const alive = campaign.status === "running" || campaign.status === "paused";
  const to = campaign.startedAt
    ? dayNumber(alive ? now : (campaign.completedAt ?? campaign.startedAt))
    : from;
  return { from, to: Math.max(from, to) };
}
