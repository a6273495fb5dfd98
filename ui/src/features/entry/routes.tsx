import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { rootRoute } from "../../app/parents";

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: z.object({ next: z.string().optional() }),
  component: lazyRouteComponent(() => import("./SignIn"), "SignIn"),
});

const firstRun = createRoute({
  getParentRoute: () => rootRoute,
  path: "/first-run",
  component: lazyRouteComponent(() => import("./FirstRun"), "FirstRun"),
});

/** What stands outside the frame: signing in and the first run. */
export const entryRoutes = [signIn, firstRun] as const;
