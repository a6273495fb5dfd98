import type {
  JobDetail as ApiJobDetail,
  JobFile as ApiJobFile,
  ExecutionStatus,
  JobCheck,
  JobDependencyView,
} from "../../../gen";
import type { DependencyDefinition, JobDefinition } from "./definition";

/**
 * What the API says of jobs and their runs, under the names that the screens use: an execution is a run there. Only what
 * holds a job as its file writes it is said anew, because files may leave out what has a default.
 */
export type {
  ExecutionDetail,
  ExecutionStatus,
  ExecutionView as Execution,
  GraphEdge,
  GraphNode,
  JobAlert as Alert,
  JobCheck,
  JobGraph as JobGraphData,
  JobView as Job,
  LogLineView as LogLine,
  LogView as LogPage,
  Missed,
  RunMark as LastRun,
  StepRunView as StepRun,
  Timeline as TimelineData,
  TimelineRun,
  UpcomingRun as Upcoming,
} from "../../../gen";
export type Problem = JobCheck["problems"][number];

export const RUN_STATUSES: ExecutionStatus[] = [
  "running",
  "queued",
  "pending",
  "success",
  "failure",
  "timeout",
  "aborted",
  "cancelled",
];

export const isOver = (status: string): boolean =>
  !["pending", "queued", "running"].includes(status);
export const hasFailed = (status: string): boolean => status === "failure" || status === "timeout";

export type JobDependency = Omit<JobDependencyView, "dependency"> & {
  dependency: DependencyDefinition;
};
export type JobDetail = Omit<ApiJobDetail, "definition" | "dependencies"> & {
  definition?: JobDefinition | null;
  dependencies: JobDependency[];
};

/** A job file, and what an import says before it does it. */
export type JobFile = Partial<Omit<ApiJobFile, "jobs" | "job_dependencies">> & {
  jobs: JobDefinition[];
  job_dependencies?: DependencyDefinition[];
};
