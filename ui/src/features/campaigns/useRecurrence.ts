import { useDebouncedValue } from "@mantine/hooks";
import { useGet } from "../../shared/api";
import type { Campaign } from "./types";

/** The server is asked when typing rests for so long. */
const REST_MS = 250;

/** What a recurrence comes to. */
export interface Recurrence {
  /** The first five. */
  nextMoments: string[];
  /** Why it cannot be used. */
  problem: string | null;
}

type Rule = Pick<Campaign, "recurringSchedule" | "timezone" | "scheduledAt" | "endAt">;

/** When a campaign would occur next; nothing while it is typed, and where it does not recur. */
export function useRecurrence(campaign: Rule): Recurrence | undefined {
  const { recurringSchedule, timezone, scheduledAt, endAt } = campaign;
  const cron = recurringSchedule?.cron.trim() ?? "";
  const rule = JSON.stringify({ cron, timezone, from: scheduledAt, endAt });
  const [rested] = useDebouncedValue(rule, REST_MS);
  const { data } = useGet<Recurrence>("/campaigns/recurrence", JSON.parse(rested), {
    enabled: cron !== "" && rested === rule,
  });
  return cron === "" ? undefined : data;
}
