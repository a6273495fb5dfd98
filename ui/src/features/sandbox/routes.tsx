import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";

const inbox = createRoute({
  getParentRoute: () => shellRoute,
  path: "/sandbox",
  component: lazyRouteComponent(() => import("./Inbox"), "Inbox"),
});

/** Routes of this feature. */
export const sandboxRoutes = [inbox] as const;
