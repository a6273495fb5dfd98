import { type AnyRoute, createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";
import type { StepKey } from "./types";

const STEPS: StepKey[] = ["base", "products", "creatives", "rewards", "tracking", "review"];

const list = createRoute({
  getParentRoute: () => shellRoute,
  path: "/offers",
  component: lazyRouteComponent(() => import("./OfferList"), "OfferList"),
});

const create = createRoute({
  getParentRoute: () => shellRoute,
  path: "/offers/new",
  component: lazyRouteComponent(() => import("./NewOffer"), "NewOffer"),
});

const edit = createRoute({
  getParentRoute: () => shellRoute,
  path: "/offers/$offerId",
  validateSearch: (search: Record<string, unknown>): { step?: StepKey } => {
    const step = STEPS.find((one) => one === search.step);
    return step ? { step } : {};
  },
  component: lazyRouteComponent(() => import("./OfferScreen"), "OfferScreen"),
});

/** Routes of this feature, made with `createRoute({ getParentRoute: () => shellRoute, … })`. */
export const offerRoutes = [list, create, edit] as const satisfies readonly AnyRoute[];
