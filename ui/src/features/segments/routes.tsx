import { type AnyRoute, createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";

const list = createRoute({
  getParentRoute: () => shellRoute,
  path: "/segments",
  component: lazyRouteComponent(() => import("./SegmentList"), "SegmentList"),
});

const edit = createRoute({
  getParentRoute: () => shellRoute,
  path: "/segments/$segmentId",
  component: lazyRouteComponent(() => import("./SegmentScreen"), "SegmentScreen"),
});

/** Routes of this feature, made with `createRoute({ getParentRoute: () => shellRoute, … })`. */
export const segmentRoutes = [list, edit] as const satisfies readonly AnyRoute[];
