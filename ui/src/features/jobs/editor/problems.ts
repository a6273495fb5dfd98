import type { Problem } from "../model/types";

/** Parts of the editor beside the steps. */
export const PLACES = ["basics", "when", "waits", "limits", "told", "values"] as const;
export type Place = (typeof PLACES)[number];

const FIELDS: Record<Place, string[]> = {
  basics: ["code", "name", "description", "job_type_id", "status", "is_active"],
  when: [
    "schedule_type",
    "cron_expression",
    "interval_seconds",
    "timezone",
    "trigger_event_type",
    "trigger_condition",
    "catch_up_policy",
  ],
  waits: ["depends_on_jobs", "dependency_mode", "dependencies", "job_dependencies"],
  limits: [
    "overlap_policy",
    "max_concurrent_executions",
    "execution_timeout_minutes",
    "priority",
    "max_memory_mb",
    "max_cpu_cores",
    "sla_duration_minutes",
    "sla_breach_action",
  ],
  told: ["notify_on_success", "notify_on_failure", "notification_recipients"],
  values: ["parameters"],
};

/** Where in the editor a problem is to be mended. */
export type Where = { place: Place } | { step: number };

/** `steps[2].step_action.url` is in the third step; what is of no field is among the basics. */
export function whereOf(path: string): Where {
  const step = /^steps\[(\d+)\]/.exec(path)?.[1];
  if (step !== undefined) return { step: Number(step) };
  const first = /^[a-z_]+/.exec(path)?.[0] ?? "";
  const place = PLACES.find((one) => FIELDS[one].includes(first));
  return { place: place ?? "basics" };
}

/** Problems by their fields. */
export class Problems {
  constructor(readonly all: Problem[] = []) {}

  /** What is wrong with exactly this field, or with a part of it that has no field of its own. */
  at(path: string, withParts = false): string | undefined {
    const isPart = (other: string) => other.startsWith(`${path}.`) || other.startsWith(`${path}[`);
    const found = this.all.filter((one) => one.path === path || (withParts && isPart(one.path)));
    return found.length > 0 ? found.map((one) => one.message).join(" ") : undefined;
  }

  inPlace(place: Place): Problem[] {
    return this.all.filter(({ path }) => {
      const where = whereOf(path);
      return "place" in where && where.place === place;
    });
  }

  inStep(at: number): Problem[] {
    return this.all.filter(({ path }) => {
      const where = whereOf(path);
      return "step" in where && where.step === at;
    });
  }

  /** Something new is not yet wrong for being empty: that is said when it is to be saved. */
  withoutEmpty(): Problems {
    return new Problems(this.all.filter((one) => one.code !== "required"));
  }
}
