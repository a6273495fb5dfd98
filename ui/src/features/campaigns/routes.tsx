import { type AnyRoute, createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";
import type { StepKey } from "./types";

const STEPS: StepKey[] = ["details", "audience", "offers", "content", "schedule", "review"];
const TABS = [
  "overview",
  "runs",
  "live",
  "test",
  "recipients",
  "responses",
  "jobs",
  "history",
] as const;

/** How the list is shown when a link says more than its address. */
export interface ListSearch {
  view?: "calendar";
  /** Of the calendar: "2026-11". */
  month?: string;
  /** The filter that is on: "running". */
  status?: string;
}
export type Tab = (typeof TABS)[number];

const list = createRoute({
  getParentRoute: () => shellRoute,
  path: "/campaigns",
  validateSearch: (search: Record<string, unknown>): ListSearch => ({
    ...(search.view === "calendar" ? { view: search.view } : {}),
    ...(typeof search.month === "string" ? { month: search.month } : {}),
    ...(typeof search.status === "string" ? { status: search.status } : {}),
  }),
  component: lazyRouteComponent(() => import("./list/CampaignList"), "CampaignList"),
});

const create = createRoute({
  getParentRoute: () => shellRoute,
  path: "/campaigns/new",
  component: lazyRouteComponent(() => import("./NewCampaign"), "NewCampaign"),
});

const edit = createRoute({
  getParentRoute: () => shellRoute,
  path: "/campaigns/$campaignId/edit",
  validateSearch: (search: Record<string, unknown>): { step?: StepKey } => {
    const step = STEPS.find((one) => one === search.step);
    return step ? { step } : {};
  },
  component: lazyRouteComponent(() => import("./CampaignWizard"), "CampaignWizard"),
});

const show = createRoute({
  getParentRoute: () => shellRoute,
  path: "/campaigns/$campaignId",
  validateSearch: (search: Record<string, unknown>): { tab?: Tab } => {
    const tab = TABS.find((one) => one === search.tab);
    return tab ? { tab } : {};
  },
  component: lazyRouteComponent(() => import("./CampaignDetail"), "CampaignDetail"),
});

/** Routes of this feature, made with `createRoute({ getParentRoute: () => shellRoute, … })`. */
export const campaignRoutes = [list, create, edit, show] as const satisfies readonly AnyRoute[];
