import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";

const board = createRoute({
  getParentRoute: () => shellRoute,
  path: "/board",
  validateSearch: (search: Record<string, unknown>): { card?: string; campaign?: string } => ({
    ...(typeof search.card === "string" && search.card ? { card: search.card } : {}),
    ...(typeof search.campaign === "string" && search.campaign
      ? { campaign: search.campaign }
      : {}),
  }),
  component: lazyRouteComponent(() => import("./BoardScreen"), "BoardScreen"),
});

export const boardRoutes = [board] as const;
