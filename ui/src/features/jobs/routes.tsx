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

/** Where the editor begins. */
export interface EditorSearch {
  /** The job that a new one is made like. */
  from?: string;
  /** Code of the step that is open. */
  step?: string;
}

const editorSearch = ({ from, step }: Record<string, unknown>): EditorSearch => ({
  ...(typeof from === "string" ? { from } : {}),
  ...(typeof step === "string" ? { step } : {}),
});
const queueSearch = (search: Record<string, unknown>): QueueSearch =>
  typeof search.campaign === "string" ? { campaign: search.campaign } : {};
const groupSearch = (search: Record<string, unknown>): GroupSearch =>
  typeof search.cause === "string" ? { cause: search.cause } : {};

const jobs = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs",
  component: lazyRouteComponent(() => import("./list/Jobs"), "Jobs"),
});

const runs = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/runs",
  component: lazyRouteComponent(() => import("./runs/Runs"), "Runs"),
});

const timeline = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/timeline",
  component: lazyRouteComponent(() => import("./timeline/TimelinePage"), "TimelinePage"),
});

const graph = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/graph",
  component: lazyRouteComponent(() => import("./graph/JobGraph"), "JobGraph"),
});

const alerts = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/alerts",
  component: lazyRouteComponent(() => import("./alerts/Alerts"), "Alerts"),
});

const scripts = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/scripts",
  component: lazyRouteComponent(() => import("./scripts/Scripts"), "Scripts"),
});

const newJob = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/new",
  validateSearch: editorSearch,
  component: lazyRouteComponent(() => import("./editor/EditorPage"), "EditorPage"),
});

const edit = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/$id/edit",
  validateSearch: editorSearch,
  component: lazyRouteComponent(() => import("./editor/EditorPage"), "EditorPage"),
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
  component: lazyRouteComponent(() => import("./job/JobPage"), "JobPage"),
});

const execution = createRoute({
  getParentRoute: () => shellRoute,
  path: "/jobs/$id/executions/$execution",
  component: lazyRouteComponent(() => import("./job/JobPage"), "JobPage"),
});

/** Routes of this feature, made with `createRoute({ getParentRoute: () => shellRoute, … })`. */
export const jobRoutes = [
  jobs,
  runs,
  timeline,
  graph,
  alerts,
  scripts,
  newJob,
  edit,
  undelivered,
  undeliveredGroup,
  waiting,
  waitingGroup,
  job,
  execution,
] as const satisfies readonly AnyRoute[];
