import { expect, it } from "vitest";
import { differences } from "./differences";

it("names fields and steps that differ, whatever order they are written in", () => {
  const step = {
    step_code: "a",
    step_order: 1,
    step_type: "sql",
    step_action: "SELECT 1",
  } as const;
  const mine = {
    code: "j",
    priority: 1,
    parameters: { x: { type: "id", required: true } },
  } as const;
  const parts = { list: "steps", id: "step_code" };
  expect(differences({ ...mine, steps: [step] }, { ...mine, steps: [step] }, parts)).toEqual([]);
  expect(
    differences(
      { ...mine, steps: [step] },
      {
        parameters: { x: { required: true, type: "id" } },
        priority: 2,
        code: "j",
        name: "J",
        steps: [
          { ...step, retry_count: 1 },
          { ...step, step_code: "b" },
        ],
      },
      parts,
    ),
  ).toEqual(["priority", "name", "a", "b"]);
});
