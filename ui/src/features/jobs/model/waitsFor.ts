import type { StepDefinition } from "./definition";

type Placed = Pick<
  StepDefinition,
  | "step_code"
  | "step_order"
  | "is_parallel"
  | "parallel_group_id"
  | "depends_on_step_codes"
  | "is_active"
>;

/**
 * Which steps a step waits for, before a job is saved; the server says the same of one that runs.
 *
 * A step that is not parallel waits for every step before it. A parallel one waits for the steps that it names, and where
 * it names none for every step of a lower order but those of its own group. Nobody waits for an inactive step.
 */
export function waitsFor(steps: Placed[]): Map<string, string[]> {
  const isActive = (step: Placed) => step.is_active !== false;
  const isBefore = (before: number, at: number) => {
    const [earlier, step] = [steps[before], steps[at]];
    if (!earlier || !step) return false;
    if (!step.is_parallel) {
      return (
        earlier.step_order < step.step_order ||
        (earlier.step_order === step.step_order && before < at)
      );
    }
    const group = step.parallel_group_id ?? undefined;
    const isOfGroup = group !== undefined && group === (earlier.parallel_group_id ?? undefined);
    const namesNone = (step.depends_on_step_codes ?? []).length === 0;
    return namesNone && earlier.step_order < step.step_order && !isOfGroup;
  };
  return new Map(
    steps.map((step, at) => {
      const named = new Set(step.depends_on_step_codes ?? []);
      const on = steps.filter(
        (other, place) => isActive(other) && (named.has(other.step_code) || isBefore(place, at)),
      );
      return [step.step_code, isActive(step) ? on.map((other) => other.step_code) : []];
    }),
  );
}

/**
 * The same without what follows from the rest: where C waits for B and B for A, nobody needs to see that C waits for A.
 * A sequence of steps is drawn as a line and not as a web.
 */
export function needed(waits: Map<string, string[]>): Map<string, string[]> {
  const above = new Map<string, Set<string>>();
  const begun = new Set<string>();
  const allOf = (code: string): Set<string> => {
    const known = above.get(code);
    // In a circle, which is refused when it is saved, nothing more is followed.
    if (known || begun.has(code)) return known ?? new Set();
    begun.add(code);
    const all = new Set<string>();
    for (const on of waits.get(code) ?? []) {
      all.add(on);
      for (const further of allOf(on)) all.add(further);
    }
    above.set(code, all);
    return all;
  };
  return new Map(
    [...waits].map(([code, on]) => {
      const follows = (one: string) => on.some((other) => other !== one && allOf(other).has(one));
      return [code, on.filter((one) => !follows(one))];
    }),
  );
}
