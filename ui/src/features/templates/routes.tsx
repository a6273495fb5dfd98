import { type AnyRoute, createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";

const list = createRoute({
  getParentRoute: () => shellRoute,
  path: "/templates",
  component: lazyRouteComponent(() => import("./TemplateList"), "TemplateList"),
});

const edit = createRoute({
  getParentRoute: () => shellRoute,
  path: "/templates/$templateId",
  component: lazyRouteComponent(() => import("./TemplateScreen"), "TemplateScreen"),
});

/** Routes of this feature, made with `createRoute({ getParentRoute: () => shellRoute, … })`. */
export const templateRoutes = [list, edit] as const satisfies readonly AnyRoute[];
