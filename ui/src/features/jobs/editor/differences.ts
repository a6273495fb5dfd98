import type { JobDefinition } from "../model/definition";

/** Where two definitions differ: fields by their names in job files, steps by their codes. */
export function differences(mine: JobDefinition, theirs: JobDefinition): string[] {
  const isSame = (one: unknown, other: unknown) => sorted(one) === sorted(other);
  const fields = [
    ...new Set([...Object.keys(mine), ...Object.keys(theirs)]),
  ] as (keyof JobDefinition)[];
  const differing: string[] = fields.filter(
    (field) => field !== "steps" && !isSame(mine[field], theirs[field]),
  );
  const stepsOf = (job: JobDefinition) =>
    new Map((job.steps ?? []).map((step) => [step.step_code, step]));
  const [here, there] = [stepsOf(mine), stepsOf(theirs)];
  const steps = [...new Set([...here.keys(), ...there.keys()])].filter(
    (code) => !isSame(here.get(code), there.get(code)),
  );
  return [...differing, ...steps];
}

/** As text, whatever the order of the names in it. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, one) =>
    one && typeof one === "object" && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => a.localeCompare(b)))
      : one,
  ) ?? "";
