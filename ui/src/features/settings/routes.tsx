import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";

const workspace = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("./Workspace"), "Workspace"),
});
const sending = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings/sending",
  component: lazyRouteComponent(() => import("./sending/Sending"), "Sending"),
});
/** Home and notifications speak of providers; they stand on the screen of sending. */
const providers = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings/providers",
  beforeLoad: () => {
    throw redirect({ href: "/settings/sending" });
  },
});
const mailboxes = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings/mailboxes",
  component: lazyRouteComponent(() => import("./mailboxes/Mailboxes"), "Mailboxes"),
});
const policy = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings/policy",
  component: lazyRouteComponent(() => import("./PolicyScreen"), "PolicyScreen"),
});
const jobs = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings/jobs",
  component: lazyRouteComponent(() => import("./JobsScreen"), "JobsScreen"),
});
const people = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings/people",
  component: lazyRouteComponent(() => import("./people/People"), "People"),
});
const tokens = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings/tokens",
  component: lazyRouteComponent(() => import("./Tokens"), "Tokens"),
});
const audit = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings/audit",
  component: lazyRouteComponent(() => import("./audit/AuditLog"), "AuditLog"),
});
/** Routes of this feature. */
export const settingsRoutes = [
  workspace,
  sending,
  providers,
  mailboxes,
  policy,
  jobs,
  people,
  tokens,
  audit,
] as const;
