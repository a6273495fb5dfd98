import type {
  DependencyDefinition,
  JobDefinition,
  Json,
  JsonObject,
  StepDefinition,
  StepType,
} from "../model/definition";
import type { JobDetail } from "../model/types";

/** A step with a name of its own that never changes: its code may, while it is written. */
export interface DraftStep {
  key: string;
  step: StepDefinition;
}

/** What is being edited. Fields that another schedule would need are kept until it is saved. */
export interface Draft {
  job: Omit<JobDefinition, "steps">;
  steps: DraftStep[];
  /** Those that this job has; whom others wait for is said by the others. */
  dependencies: DependencyDefinition[];
}

let made = 0;
const newKey = () => `step${++made}`;

export const emptyDraft = (timezone: string): Draft => ({
  job: { code: "", name: "", schedule_type: "manual", timezone },
  steps: [],
  dependencies: [],
});

export function draftOf(detail: JobDetail): Draft {
  const { steps = [], ...job } = detail.definition ?? { code: detail.code };
  return {
    job,
    steps: steps.map((step) => ({ key: newKey(), step })),
    dependencies: detail.dependencies
      .filter((one) => one.direction === "waits_for")
      .map((one) => one.dependency),
  };
}

/** Another job like it: with a code of its own, and not yet at work. */
export function copyOf(draft: Draft, suffix: string): Draft {
  const code = `${draft.job.code}-copy`;
  return {
    ...draft,
    job: { ...draft.job, code, name: `${draft.job.name ?? ""} ${suffix}`.trim() },
  };
}

/** What the server is given: the draft without what its choices have no use for. */
export function inputOf({ job, steps, dependencies }: Draft): {
  definition: JobDefinition;
  dependencies: DependencyDefinition[];
} {
  const definition: JobDefinition = { ...job, steps: steps.map(({ step }) => cleanStep(step)) };
  const type = definition.schedule_type ?? "manual";
  if (type !== "cron") delete definition.cron_expression;
  if (type !== "interval") delete definition.interval_seconds;
  if (type !== "event_driven") {
    delete definition.trigger_event_type;
    delete definition.trigger_condition;
  }
  if ((definition.depends_on_jobs ?? []).length === 0) delete definition.dependency_mode;
  if (definition.overlap_policy !== "allow") delete definition.max_concurrent_executions;
  return {
    definition: plain(definition),
    dependencies: dependencies.map((one) => plain({ ...one, job_id: job.code })),
  };
}

function cleanStep(step: StepDefinition): StepDefinition {
  const clean = { ...step };
  if (!clean.is_parallel) delete clean.parallel_group_id;
  return plain(clean);
}

/** Without what says nothing, so that a file reads as one would write it. */
function plain<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== null && one !== undefined && one !== ""),
  ) as T;
}

/** "Count new members" → "count-new-members". */
export const codeOf = (name: string): string =>
  name
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 100);

/** A step to begin with, last in its place. */
export function newStep(type: StepType, steps: DraftStep[], name: string): DraftStep {
  const codes = new Set(steps.map(({ step }) => step.step_code));
  const base = codeOf(name) || type.replaceAll("_", "-");
  let code = base;
  for (let n = 2; codes.has(code); n += 1) code = `${base}-${n}`;
  const order = Math.max(0, ...steps.map(({ step }) => step.step_order)) + 1;
  return {
    key: newKey(),
    step: {
      step_order: order,
      step_name: name,
      step_code: code,
      step_type: type,
      step_action: emptyAction(type),
    },
  };
}

/** What a step of a type does before anything was said. */
export function emptyAction(type: StepType): Json {
  switch (type) {
    case "api_call":
      return { method: "GET", url: "" };
    case "file_transfer":
      return { source: { type: "local", path: "" }, target: { type: "local", path: "" } };
    case "data_validation":
      return { checks: [{ name: "", query: "", min: 1 }], minimum_score: 1 };
    case "notification":
      return { channel: "email", recipients: [], subject: "", message: "" };
    case "wait":
      return { seconds: 60 };
    default:
      return "";
  }
}

/** An action as an object: where a text may stand for the whole, the text is its main field. */
export function actionObject(step: StepDefinition): JsonObject {
  const action = step.step_action;
  if (typeof action === "object" && action !== null && !Array.isArray(action)) return action;
  if (step.step_type === "notification") {
    const { recipients, subject, message, url, secret } = step.parameters ?? {};
    return Object.fromEntries(
      Object.entries({ channel: action, recipients, subject, message, url, secret }).filter(
        ([, value]) => value !== undefined,
      ),
    ) as JsonObject;
  }
  if (step.step_type === "wait") {
    const seconds = Number(action);
    return Number.isFinite(seconds) && action !== "" ? { seconds } : { until: action };
  }
  const alone: Partial<Record<StepType, string>> = { sql: "sql", stored_proc: "name" };
  return { [alone[step.step_type] ?? "script"]: action ?? "" };
}

/**
 * Puts a step in another place and numbers all of them anew. Parallel steps that shared a number share one again: they
 * would wait for each other otherwise.
 */
export function moved(steps: DraftStep[], from: number, to: number): DraftStep[] {
  const list = [...steps];
  const [taken] = list.splice(from, 1);
  if (!taken) return steps;
  list.splice(to, 0, taken);
  return numbered(list);
}

export function numbered(steps: DraftStep[]): DraftStep[] {
  let order = 0;
  let before: StepDefinition | undefined;
  return steps.map(({ key, step }) => {
    const isBeside =
      before?.is_parallel && step.is_parallel && before.step_order === step.step_order;
    if (!isBeside) order += 1;
    before = step;
    return { key, step: { ...step, step_order: order } };
  });
}
