import { type AnyRoute, createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";

const jobs = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs",
  component: lazyRouteComponent(() => import("./Jobs"), "Jobs"),
});

const job = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/$id",
  component: lazyRouteComponent(() => import("./JobPage"), "JobPage"),
});

const execution = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/$id/executions/$execution",
  component: lazyRouteComponent(() => import("./JobPage"), "JobPage"),
});

/** Routes of this feature, made with `createRoute({ getParentRoute: () => shellRoute, … })`. */
export const jobRoutes = [jobs, job, execution] as const satisfies readonly AnyRoute[];
