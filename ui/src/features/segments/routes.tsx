import type { AnyRoute } from "@tanstack/react-router";

/** Routes of this feature, made with `createRoute({ getParentRoute: () => shellRoute, … })`. */
export const segmentRoutes = [] as const satisfies readonly AnyRoute[];
