import { type AnyRoute, createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";

/** Whether a new plan begins with the example. */
export interface NewPlanSearch {
  from?: "example";
}

/** Which node of a plan is looked at. */
export interface PlanSearch {
  node?: string;
}

const plans = createRoute({
  getParentRoute: () => shellRoute,
  path: "/plans",
  component: lazyRouteComponent(() => import("./list/Plans"), "Plans"),
});

const newPlan = createRoute({
  getParentRoute: () => shellRoute,
  path: "/plans/new",
  validateSearch: ({ from }: Record<string, unknown>): NewPlanSearch =>
    from === "example" ? { from } : {},
  component: lazyRouteComponent(() => import("./editor/EditorPage"), "EditorPage"),
});

const edit = createRoute({
  getParentRoute: () => shellRoute,
  path: "/plans/$id/edit",
  component: lazyRouteComponent(() => import("./editor/EditorPage"), "EditorPage"),
});

const plan = createRoute({
  getParentRoute: () => shellRoute,
  path: "/plans/$id",
  validateSearch: ({ node }: Record<string, unknown>): PlanSearch =>
    typeof node === "string" ? { node } : {},
  component: lazyRouteComponent(() => import("./plan/PlanPage"), "PlanPage"),
});

/** Routes of this feature, made with `createRoute({ getParentRoute: () => shellRoute, … })`. */
export const planRoutes = [plans, newPlan, edit, plan] as const satisfies readonly AnyRoute[];
