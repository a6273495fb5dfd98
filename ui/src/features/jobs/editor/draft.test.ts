import { expect, it } from "vitest";
import type { JobDetail } from "../model/types";
import { actionObject, codeOf, copyOf, draftOf, inputOf, moved, newStep } from "./draft";

const step = (step_code: string, step_order: number, more: object = {}) => ({
  step_code,
  step_order,
  step_type: "sql" as const,
  step_action: "SELECT 1",
  ...more,
});

const detail = {
  code: "nightly",
  definition: {
    code: "nightly",
    name: "Nightly",
    schedule_type: "cron",
    cron_expression: "0 0 * * *",
    interval_seconds: null,
    timezone: "Africa/Nairobi",
    overlap_policy: "queue",
    max_concurrent_executions: 1,
    steps: [
      step("read", 1),
      step("vip", 2, { is_parallel: true, parallel_group_id: 1 }),
      step("new", 2, { is_parallel: true, parallel_group_id: 1 }),
      step("store", 3, { timeout_seconds: null }),
    ],
  },
  dependencies: [
    {
      direction: "waits_for",
      otherJobId: "1",
      otherJobName: "Import",
      dependency: {
        job_id: "nightly",
        depends_on_job_id: "import",
        dependency_type: "blocking",
        wait_for_status: "success",
      },
    },
    { direction: "waited_for_by", otherJobId: "2", otherJobName: "Report", dependency: {} },
  ],
} as unknown as JobDetail;

const orders = (steps: { step: { step_code: string; step_order: number } }[]) =>
  steps.map(({ step: one }) => [one.step_code, one.step_order]);

it("gives back what it was made from, without what says nothing", () => {
  const { definition, dependencies } = inputOf(draftOf(detail));
  expect(definition).toEqual({
    code: "nightly",
    name: "Nightly",
    schedule_type: "cron",
    cron_expression: "0 0 * * *",
    timezone: "Africa/Nairobi",
    overlap_policy: "queue",
    steps: [
      step("read", 1),
      step("vip", 2, { is_parallel: true, parallel_group_id: 1 }),
      step("new", 2, { is_parallel: true, parallel_group_id: 1 }),
      step("store", 3),
    ],
  });
  expect(dependencies.map((one) => one.depends_on_job_id)).toEqual(["import"]);
});

it("keeps what another schedule needs in the draft only", () => {
  const draft = draftOf(detail);
  const changed = { ...draft, job: { ...draft.job, schedule_type: "manual" as const } };
  expect(inputOf(changed).definition.cron_expression).toBeUndefined();
  expect(changed.job.cron_expression).toBe("0 0 * * *");
  expect(inputOf(copyOf(changed, "(copy)")).dependencies[0]?.job_id).toBe("nightly-copy");
});

it("moves a step, and leaves a group side by side", () => {
  const { steps } = draftOf(detail);
  expect(orders(moved(steps, 3, 0))).toEqual([
    ["store", 1],
    ["read", 2],
    ["vip", 3],
    ["new", 3],
  ]);
  expect(orders(moved(steps, 0, 1))).toEqual([
    ["vip", 1],
    ["read", 2],
    ["new", 3],
    ["store", 4],
  ]);
});

it("names new steps so that no two have one code", () => {
  const first = newStep("sql", [], "Count new members");
  const second = newStep("sql", [first], "Count new members");
  expect([first.step.step_code, second.step.step_code]).toEqual([
    "count-new-members",
    "count-new-members-2",
  ]);
  expect(codeOf("  Évaluer l’été 2026! ")).toBe("evaluer-l-ete-2026");
});

it("reads a short action as the whole", () => {
  expect(actionObject(step("a", 1))).toEqual({ sql: "SELECT 1" });
  expect(
    actionObject({ ...step("a", 1), step_type: "stored_proc", step_action: "store_members" }),
  ).toEqual({ name: "store_members" });
  expect(
    actionObject({
      ...step("a", 1),
      step_type: "notification",
      step_action: "email",
      parameters: { subject: "Done", recipients: ["a@b.c"] },
    }),
  ).toEqual({ channel: "email", subject: "Done", recipients: ["a@b.c"] });
  expect(actionObject({ ...step("a", 1), step_type: "wait", step_action: "30" })).toEqual({
    seconds: 30,
  });
});
