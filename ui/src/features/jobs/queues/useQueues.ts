import type { DeadLetterGroup, WaitingGroup } from "../../../gen";
import { useGet, useList } from "../../../shared/api";

export const LETTERS = "/dead-letters";
export const WAITING = "/waiting-messages";

/** Everything that a decision about messages makes stale. */
export const STALE = {
  stale: ["dead-letters", "waiting-messages", "campaigns", "jobs", "home", "pulse"],
};

interface Group {
  runId: number;
  cause: string;
  messages: number;
}

/** Names a group in lists and selections. */
export const keyOf = (group: Pick<Group, "runId" | "cause">): string =>
  `${group.runId}/${group.cause}`;

/** The messages of all groups together. */
export const messagesOf = (groups: Pick<Group, "messages">[] | undefined): number | undefined =>
  groups?.reduce((sum, group) => sum + group.messages, 0);

export const useLetterGroups = (campaign?: string) =>
  useList<DeadLetterGroup>(LETTERS, { campaignId: campaign });

export const useWaitingGroups = (campaign?: string) =>
  useList<WaitingGroup>(WAITING, { campaignId: campaign });

/** One group as it is now; none: nothing is left in it. */
export function useGroup<G extends Group>(path: string, runId: string, cause: string) {
  const query = useGet<G[]>(path, { runId, cause });
  const group = query.data?.find((one) => one.cause === cause && String(one.runId) === runId);
  return {
    ...query,
    group,
    isGone: query.data !== undefined && !query.isPlaceholderData && !group,
  };
}
