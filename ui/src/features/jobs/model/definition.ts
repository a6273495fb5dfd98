import type {
  OnFailure as FailureAction,
  JobDependency,
  ParameterType,
  ScheduleType,
  Step,
  StepType,
  JobDefinition as Whole,
} from "../../../gen";

/**
 * A job as job files write it: `definition` in the API. Names are those of files and columns, so that what a person
 * exports, edits by hand and imports again is what the editor shows.
 */
export type { FailureAction, ParameterType, ScheduleType, StepType };

export const SCHEDULES: ScheduleType[] = [
  "manual",
  "cron",
  "interval",
  "event_driven",
  "dependency_based",
];

export const STEP_TYPES: StepType[] = [
  "sql",
  "stored_proc",
  "api_call",
  "python_script",
  "node_js_script",
  "shell_script",
  "file_transfer",
  "data_validation",
  "notification",
  "wait",
];

/** Steps that start a program of their own: only admins may write them. */
export const isScript = (type: string): boolean => type.endsWith("_script");

export const FAILURE_ACTIONS: FailureAction[] = ["abort", "continue", "retry", "skip_remaining"];

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** A part of a job file: what has to be said is said, the rest has the default of the server. */
type Written<T, Needed extends keyof T, Said = object> = Pick<T, Exclude<Needed, keyof Said>> &
  Partial<Omit<T, Needed | keyof Said>> &
  Said;

export type StepDefinition = Written<
  Step,
  "step_order" | "step_code" | "step_type",
  {
    /** A text for queries and scripts, an object for the rest. */
    step_action: Json;
    parameters?: JsonObject;
  }
>;

export const PARAMETER_TYPES: ParameterType[] = [
  "text",
  "integer",
  "number",
  "boolean",
  "date",
  "moment",
  "id",
  "list",
  "object",
];

export interface ParameterDefinition {
  type: ParameterType;
  required?: boolean;
  default?: Json;
  description?: string;
}

export type JobDefinition = Written<
  Whole,
  "code",
  {
    trigger_condition?: Json;
    parameters?: { [name: string]: ParameterDefinition };
    steps?: StepDefinition[];
  }
>;

/** One job waits for another; both by code. */
export type DependencyDefinition = Written<
  JobDependency,
  "job_id" | "depends_on_job_id" | "dependency_type" | "wait_for_status"
>;

/** A step that ends by nothing else ends after this many seconds. */
export const USUAL_TIMEOUT_SECONDS = 3_600;
