import { type AnyRoute, createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";
import type { StepKey } from "./types";

const STEPS: StepKey[] = ["details", "audience", "offers", "content", "schedule", "review"];
const TABS = ["overview", "live", "recipients", "responses", "jobs", "history"] as const;
/** The list is the usual one. */
export type View = "calendar";
export type Tab = (typeof TABS)[number];

const list = createRoute({
  getParentRoute: () => shellRoute,
  path: "/campaigns",
  validateSearch: (search: Record<string, unknown>): { view?: View; month?: string } => ({
    ...(search.view === "calendar" ? { view: search.view } : {}),
    ...(typeof search.month === "string" ? { month: search.month } : {}),
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
