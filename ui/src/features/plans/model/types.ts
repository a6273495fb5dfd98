/** What the API says of plans, under the names that the screens use. */
export type {
  PlanCheckView as PlanCheck,
  PlanContactView as PlanContact,
  PlanCounts,
  PlanPathView as PlanPath,
  PlanSummary,
  PlanView as PlanDetail,
} from "../../../gen";
