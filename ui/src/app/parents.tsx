import { createRootRoute, createRoute, Outlet, redirect } from "@tanstack/react-router";
import { ApiError, get, sessionQuery } from "../shared/api";
import { queryClient } from "./queryClient";
import { NotFound } from "./shell/NotFound";
import { ScreenError } from "./shell/ScreenError";
import { Shell } from "./shell/Shell";

/** Everything; without frame: sign-in, first run, print pages. */
export const rootRoute = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: ScreenError,
});

/** Nobody signed in: to the first run if there was none yet, else to the sign-in, and back afterwards. */
async function requireSession(next: string): Promise<void> {
  try {
    await queryClient.ensureQueryData(sessionQuery);
  } catch (cause) {
    // Without an answer the frame still draws and each part says what it could not load.
    if (!(cause instanceof ApiError) || cause.status !== 401) return;
    const setup = await get<{ isNeeded: boolean }>("/setup").catch(() => undefined);
    if (setup?.isNeeded) throw redirect({ href: "/first-run" });
    throw redirect({ href: `/sign-in?next=${encodeURIComponent(next)}` });
  }
}

/** Everything inside the frame with sidebar and top bar. Screens of features hang here. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  beforeLoad: ({ location }) => requireSession(location.href),
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: ScreenError,
});
