import { type AnyRoute, createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../app/parents";

/** Which part of a queue a link leads to. */
export interface QueueSearch {
  /** Only this campaign's messages. */
  campaign?: string;
}

/** Which group of a queue. */
export interface GroupSearch {
  cause?: string;
}

const queueSearch = (search: Record<string, unknown>): QueueSearch =>
  typeof search.campaign === "string" ? { campaign: search.campaign } : {};
const groupSearch = (search: Record<string, unknown>): GroupSearch =>
  typeof search.cause === "string" ? { cause: search.cause } : {};

const jobs = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs",
  component: lazyRouteComponent(() => import("./Jobs"), "Jobs"),
});

const undelivered = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/undelivered",
  validateSearch: queueSearch,
  component: lazyRouteComponent(() => import("./queues/Undelivered"), "Undelivered"),
});

const undeliveredGroup = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/undelivered/$run",
  validateSearch: groupSearch,
  component: lazyRouteComponent(() => import("./queues/UndeliveredGroup"), "UndeliveredGroup"),
});

const waiting = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/waiting",
  validateSearch: queueSearch,
  component: lazyRouteComponent(() => import("./queues/Waiting"), "Waiting"),
});

const waitingGroup = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/waiting/$run",
  validateSearch: groupSearch,
  component: lazyRouteComponent(() => import("./queues/WaitingGroup"), "WaitingGroup"),
});

const job = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/$id",
  component: lazyRouteComponent(() => import("./JobPage"), "JobPage"),
});

const execution = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/$id/executions/$execution",
  component: lazyRouteComponent(() => import("./JobPage"), "JobPage"),
});

/** Routes of this feature, made with `createRoute({ getParentRoute: () => shellRoute, … })`. */
export const jobRoutes = [
  jobs,
  undelivered,
  undeliveredGroup,
  waiting,
  waitingGroup,
  job,
  execution,
] as const satisfies readonly AnyRoute[];
