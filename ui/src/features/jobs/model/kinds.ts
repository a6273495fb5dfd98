import type { JobType } from "../../../gen";
import { useGet } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import type { JobDefinition } from "./definition";

/** The kinds of jobs there are: the same as long as Muster runs. */
export const useKinds = (): JobType[] =>
  useGet<JobType[]>("/jobs/types", undefined, { staleMs: Infinity }).data ?? [];

/** What a kind is called and what it does, in the reader's language; one of somebody's own by its code. */
export function kindWords(code: string): { name: string; text?: string } {
  const words: Record<string, { name: string; text: string }> = {
    "segment-evaluation": {
      name: t("Segment evaluation"),
      text: t("Finds the customers that match a segment’s conditions."),
    },
    "customer-profile-fetch": {
      name: t("Customer profile fetch"),
      text: t("Reads what texts say of each customer."),
    },
    "creative-rendering": {
      name: t("Creative rendering"),
      text: t("Puts customers’ values into texts."),
    },
    "message-delivery": {
      name: t("Message delivery"),
      text: t("Sends messages by email, SMS, WhatsApp or push."),
    },
    "reward-distribution": {
      name: t("Reward distribution"),
      text: t("Gives rewards to customers."),
    },
    "analytics-tracking": {
      name: t("Analytics and tracking"),
      text: t("Brings the figures of campaigns up to date."),
    },
    "campaign-activation": {
      name: t("Campaign activation"),
      text: t("Starts a campaign, or gets it ready to start."),
    },
    "offer-selection": {
      name: t("Offer selection"),
      text: t("Chooses which offer each customer gets."),
    },
    "creative-selection": {
      name: t("Creative selection"),
      text: t("Chooses which text each customer gets."),
    },
    custom: { name: t("Custom"), text: t("Anything else.") },
  };
  return words[code] ?? { name: code };
}

type Limits = Pick<JobDefinition, "execution_timeout_minutes" | "sla_duration_minutes">;

/**
 * What choosing a kind changes of a new job's limits: those that nobody has written, or that the kind before has
 * proposed, become those of the kind.
 */
export function limitsOf(job: Limits, before: JobType | undefined, kind: JobType): Limits {
  const pick = (name: keyof Limits): number | undefined => {
    const own = job[name] ?? undefined;
    const isProposed = own === undefined || own === (before?.defaults[name] ?? undefined);
    return isProposed ? (kind.defaults[name] ?? undefined) : own;
  };
  return {
    execution_timeout_minutes: pick("execution_timeout_minutes"),
    sla_duration_minutes: pick("sla_duration_minutes"),
  };
}
