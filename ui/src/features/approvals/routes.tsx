import { type AnyRoute, createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";

const inbox = createRoute({
  getParentRoute: () => shellRoute,
  path: "/approvals",
  component: lazyRouteComponent(() => import("./Approvals"), "Approvals"),
});

const one = createRoute({
  getParentRoute: () => shellRoute,
  path: "/approvals/$approvalId",
  component: lazyRouteComponent(() => import("./Approvals"), "Approvals"),
});

/** Routes of this feature, made with `createRoute({ getParentRoute: () => shellRoute, … })`. */
export const approvalRoutes = [inbox, one] as const satisfies readonly AnyRoute[];
