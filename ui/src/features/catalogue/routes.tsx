import { type AnyRoute, createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";

const catalogue = createRoute({
  getParentRoute: () => shellRoute,
  path: "/catalogue",
  component: lazyRouteComponent(() => import("./Catalogue"), "Catalogue"),
});

/** Routes of this feature, made with `createRoute({ getParentRoute: () => shellRoute, … })`. */
export const catalogueRoutes = [catalogue] as const satisfies readonly AnyRoute[];
