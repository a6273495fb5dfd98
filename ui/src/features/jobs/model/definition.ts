/**
 * A job as job files write it: `definition` in the API. Names are those of files and columns, so that what a person
 * exports, edits by hand and imports again is what the editor shows.
 */

export const SCHEDULES = [
  "manual",
  "cron",
  "interval",
  "event_driven",
  "dependency_based",
] as const;
export type ScheduleType = (typeof SCHEDULES)[number];

export const STEP_TYPES = [
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
] as const;
export type StepType = (typeof STEP_TYPES)[number];

/** Steps that start a program of their own: only admins may write them. */
export const isScript = (type: string): boolean => type.endsWith("_script");

export const FAILURE_ACTIONS = ["abort", "continue", "retry", "skip_remaining"] as const;
export type FailureAction = (typeof FAILURE_ACTIONS)[number];

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** What is left out has the default that is named with it. */
export interface StepDefinition {
  /** Its place; see `waitsFor.ts` for what that means beside dependencies. */
  step_order: number;
  step_name?: string;
  /** Unique in the job. */
  step_code: string;
  step_type: StepType;
  /** A text for queries and scripts, an object for the rest. */
  step_action: Json;
  /** false */
  is_parallel?: boolean;
  parallel_group_id?: number | null;
  depends_on_step_codes?: string[];
  /** 0 */
  retry_count?: number;
  /** 0 */
  retry_delay_seconds?: number;
  /** 3600 */
  timeout_seconds?: number | null;
  /** abort */
  on_failure_action?: FailureAction;
  /** true */
  is_critical?: boolean;
  /** true */
  is_active?: boolean;
  /** false */
  is_repeatable?: boolean;
  parameters?: JsonObject;
  pre_validation_query?: string | null;
  post_validation_query?: string | null;
  expected_row_count_min?: number | null;
  expected_row_count_max?: number | null;
}

export const PARAMETER_TYPES = [
  "text",
  "integer",
  "number",
  "boolean",
  "date",
  "moment",
  "id",
  "list",
  "object",
] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

export interface ParameterDefinition {
  type: ParameterType;
  required?: boolean;
  default?: Json;
  description?: string;
}

export interface JobDefinition {
  code: string;
  name?: string;
  description?: string;
  job_type_id?: string;
  /** manual */
  schedule_type?: ScheduleType;
  cron_expression?: string | null;
  interval_seconds?: number | null;
  /** UTC */
  timezone?: string;
  trigger_event_type?: "event_bus" | "webhook" | null;
  trigger_condition?: Json;
  depends_on_jobs?: string[];
  dependency_mode?: "all_success" | "all_completed" | "any" | null;
  /** queue; allow where several may run */
  overlap_policy?: "skip" | "queue" | "allow";
  /** once */
  catch_up_policy?: "skip" | "once" | "all";
  /** 1 */
  max_concurrent_executions?: number;
  execution_timeout_minutes?: number | null;
  /** 0; higher goes first */
  priority?: number;
  max_memory_mb?: number | null;
  max_cpu_cores?: number | null;
  sla_duration_minutes?: number | null;
  /** alert_and_continue */
  sla_breach_action?: "alert_and_continue" | "abort";
  /** false */
  notify_on_success?: boolean;
  /** true */
  notify_on_failure?: boolean;
  notification_recipients?: string[];
  parameters?: { [name: string]: ParameterDefinition };
  status?: "active" | "paused";
  is_active?: boolean;
  steps?: StepDefinition[];
}

/** One job waits for another; both by code. */
export interface DependencyDefinition {
  job_id: string;
  depends_on_job_id: string;
  dependency_type: "blocking" | "optional" | "cross_day" | "conditional";
  wait_for_status: "any" | "success" | "completed" | "failure";
  max_wait_minutes?: number | null;
  lookback_days?: number;
  execution_condition?: string | null;
  is_active?: boolean;
}

/** A step that ends by nothing else ends after this many seconds. */
export const USUAL_TIMEOUT_SECONDS = 3_600;
