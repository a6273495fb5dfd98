import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";

const list = createRoute({
  getParentRoute: () => shellRoute,
  path: "/customers",
  component: lazyRouteComponent(() => import("./CustomerList"), "CustomerList"),
});
const upload = createRoute({
  getParentRoute: () => shellRoute,
  path: "/customers/import",
  component: lazyRouteComponent(() => import("./import/ChooseFile"), "ChooseFile"),
});
const importing = createRoute({
  getParentRoute: () => shellRoute,
  path: "/customers/import/$id",
  component: lazyRouteComponent(() => import("./import/ImportWizard"), "ImportScreen"),
});
const suppressions = createRoute({
  getParentRoute: () => shellRoute,
  path: "/customers/suppressions",
  component: lazyRouteComponent(() => import("./Suppressions"), "Suppressions"),
});
const profile = createRoute({
  getParentRoute: () => shellRoute,
  path: "/customers/$id",
  component: lazyRouteComponent(() => import("./profile/Profile"), "ProfileScreen"),
});

export const customerRoutes = [list, upload, importing, suppressions, profile] as const;
