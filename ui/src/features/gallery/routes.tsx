import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";

const gallery = createRoute({
  getParentRoute: () => shellRoute,
  path: "/dev-gallery",
  component: lazyRouteComponent(() => import("./Gallery"), "Gallery"),
});

/** Shared parts on one page, in development only. */
export const galleryRoutes = import.meta.env.DEV ? ([gallery] as const) : ([] as const);
