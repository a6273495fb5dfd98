/** How the messages a day of a new relay grow. The server computes the same days (`warm_up.rs`). */
export interface WarmUp {
  /** First day, as `2026-11-24`. */
  startedOn: string;
  firstDay: number;
  growthPercent: number;
  target: number;
}

const DAY_MS = 86_400_000;
/** Every schedule that can be saved is over before this many days. */
const LONGEST = 1_500;

/** Messages of the days up to the target, from the first day on; the target itself is not among them. */
export function daysOf(plan: WarmUp): number[] {
  const days: number[] = [];
  let limit = Math.max(1, plan.firstDay);
  while (limit < plan.target && days.length < LONGEST) {
    days.push(limit);
    limit += Math.max(1, Math.floor((limit * plan.growthPercent) / 100));
  }
  return days;
}

/** Whether every number of it can be saved. */
export const isWhole = (plan: WarmUp): boolean =>
  plan.firstDay >= 1 &&
  plan.growthPercent >= 1 &&
  plan.target >= plan.firstDay &&
  noon(plan, 0) > 0;

/** Noon UTC of a day of the schedule: the same date in nearly every zone. */
export const noon = (plan: WarmUp, place: number): number =>
  Date.parse(`${plan.startedOn}T12:00:00Z`) + place * DAY_MS;

/** Which day of the schedule a day since 1970 is; 0 before it has begun. */
export const placeOf = (plan: WarmUp, dayNumber: number): number =>
  Math.max(0, dayNumber - Math.floor(noon(plan, 0) / DAY_MS));

/** What is usual for a new address: doubled about every three days. */
export const usualPlan = (today: string): WarmUp => ({
  startedOn: today,
  firstDay: 200,
  growthPercent: 30,
  target: 20_000,
});
