import { createRootRoute, createRoute, Outlet } from "@tanstack/react-router";
import { NotFound } from "./shell/NotFound";
import { ScreenError } from "./shell/ScreenError";
import { Shell } from "./shell/Shell";

/** Everything; without frame: sign-in, first run, print pages. */
export const rootRoute = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: ScreenError,
});

/** Everything inside the frame with sidebar and top bar. Screens of features hang here. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: ScreenError,
});
