import type { DependencyDefinition, JobDefinition, Json, JsonObject } from "./definition";

/** What the API says of jobs and their runs. An execution is a run in the words of the screens. */

export type ExecutionStatus =
  | "pending"
  | "queued"
  | "running"
  | "success"
  | "failure"
  | "aborted"
  | "timeout"
  | "cancelled";

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

/** One of the last runs of a job, in the strip of the list. */
export interface LastRun {
  id: string;
  status: ExecutionStatus;
  startedAt?: string | null;
  durationSeconds?: number | null;
  slaBreached: boolean;
}

export interface Job {
  id: string;
  code: string;
  name: string;
  description: string;
  jobTypeCode: string;
  kind: "own" | "built_in" | "campaign";
  campaignId?: string | null;
  scheduleType: string;
  /** Of a campaign's job: running, completed, failed, cancelled; of others: active, paused. */
  status: string;
  isBuiltIn: boolean;
  nextRunAt?: string | null;
  createdAt: string;
  timezone: string;
  cronExpression?: string | null;
  intervalSeconds?: number | null;
  slaDurationMinutes?: number | null;
  isActive: boolean;
  version: number;
  /** The last ten, oldest first. */
  lastRuns: LastRun[];
  runningCount: number;
  waitingCount: number;
}

export interface JobDependency {
  dependency: DependencyDefinition;
  /** Whether it waits for the other job, or the other one for it. */
  direction: "waits_for" | "waited_for_by";
  otherJobId: string;
  otherJobName: string;
}

export interface JobDetail extends Job {
  definition?: JobDefinition | null;
  dependencies: JobDependency[];
  /** The next five. */
  nextMoments: string[];
  webhookUrl?: string | null;
  hasWebhookToken: boolean;
  /** Only administrators change it: it has scripts, writes or secrets. */
  isGuarded: boolean;
}

/** A job file, and what an import says before it does it. */
export interface JobFile {
  jobs: JobDefinition[];
  job_dependencies?: DependencyDefinition[];
  saved_scripts?: { name: string; description?: string; sql: string }[];
}

export interface Problem {
  /** `steps[2].step_action.url`; empty for the whole. */
  path: string;
  code: string;
  message: string;
}

export interface JobCheck {
  problems: Problem[];
  nextMoments: string[];
}

export interface Execution {
  id: string;
  jobId: string;
  jobName: string;
  jobCode: string;
  jobTypeCode: string;
  campaignId?: string | null;
  executionStatus: ExecutionStatus;
  triggeredBy: string;
  triggeredByUserId?: string | null;
  startedAt?: string | null;
  completedAt?: string | null;
  durationSeconds?: number | null;
  serverInstance?: string | null;
  workerNodeId?: string | null;
  traceId?: string | null;
  correlationId?: string | null;
  errorCode?: string | null;
  errorMessage?: string | null;
  rowsRead: number;
  rowsProcessed: number;
  rowsInserted: number;
  rowsUpdated: number;
  rowsDeleted: number;
  stepsTotal: number;
  stepsCompleted: number;
  stepsFailed: number;
  slaBreached: boolean;
}

/** One try of a step. */
export interface StepTry {
  attempt: number;
  status: string;
  startedAt?: string | null;
  completedAt?: string | null;
  errorCode?: string | null;
  errorMessage?: string | null;
  workerNodeId?: string | null;
}

export interface StepRun {
  stepCode: string;
  stepName: string;
  stepType: string;
  stepOrder: number;
  status: string;
  /** The number of the try that runs, or ran last; 0 before the first. */
  attempt: number;
  /** When it is tried again, while it waits for that. */
  nextTryAt?: string | null;
  startedAt?: string | null;
  completedAt?: string | null;
  waitsFor: string[];
  rowsProcessed?: number | null;
  /** What it was given, by name; secrets stand as their names. */
  input?: Json;
  output?: Json;
  errorCode?: string | null;
  errorMessage?: string | null;
  peakMemoryMb?: number | null;
  peakCpuPercent?: number | null;
  tries: StepTry[];
}

/** Another job that a run waits for. */
export interface WaitsOn {
  job: string;
  reason: string;
  until?: string | null;
  since?: string | null;
}

export interface ExecutionDetail extends Execution {
  definition?: JobDefinition | null;
  waitingOn: WaitsOn[];
  parameters: JsonObject;
  event?: Json;
  dueAt?: string | null;
  rerunOf?: string | null;
  rerunFrom?: string | null;
  peakMemoryMb?: number | null;
  peakCpuPercent?: number | null;
  /** 0 to 1. */
  dataQualityScore?: number | null;
  errorStepCode?: string | null;
  steps: StepRun[];
}

export interface LogLine {
  id: number;
  at: string;
  stepCode?: string | null;
  level: string;
  message: string;
}

export interface LogPage {
  lines: LogLine[];
  lastId: number;
  isMore: boolean;
}

export interface GraphNode {
  id: string;
  code: string;
  name: string;
  scheduleType: string;
  status: string;
  lastStatus?: ExecutionStatus | null;
  runningExecutionId?: string | null;
  nextRunAt?: string | null;
}

export interface GraphEdge {
  /** The job that is waited for. */
  from: string;
  /** The job that waits. */
  to: string;
  dependencyType: DependencyDefinition["dependency_type"];
  waitForStatus: DependencyDefinition["wait_for_status"];
  isActive: boolean;
  mode?: string | null;
}

export interface TimelineRun {
  id: string;
  jobId: string;
  jobCode: string;
  jobName: string;
  status: ExecutionStatus;
  dueAt?: string | null;
  startedAt?: string | null;
  completedAt?: string | null;
  slaBreached: boolean;
}

export interface Upcoming {
  jobId: string;
  jobCode: string;
  jobName: string;
  at: string;
}

export interface Alert {
  id: number;
  kind: "failure" | "sla" | "left_out";
  executionId?: string | null;
  jobId: string;
  jobName: string;
  at: string;
  message: string;
  seenAt?: string | null;
}
