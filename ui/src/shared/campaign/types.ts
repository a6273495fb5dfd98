import type { CampaignView } from "../../gen";

/** What of a campaign says what can be done with it: a plan is one, too. */
export type Campaign = Pick<
  CampaignView,
  "id" | "name" | "type" | "status" | "approvalStatus" | "timezone" | "scheduledAt" | "archivedAt"
>;

/** What is stale when a campaign has moved on. */
export const STALE = {
  stale: ["campaigns", "plans", "approvals", "home", "pulse", "jobs"],
};
