import { expect, it } from "vitest";
import { Problems, whereOf } from "./problems";

const problem = (path: string, code = "bad") => ({ path, code, message: `${path} is bad.` });
const problems = new Problems([
  problem("cron_expression"),
  problem("steps[2].step_action.checks[0].query"),
  problem("steps[2].retry_count", "required"),
  problem("steps[12]"),
  problem("notification_recipients[1]"),
  problem("job_dependencies[0].max_wait_minutes"),
  problem(""),
]);

it("knows where each problem is mended", () => {
  expect(problems.all.map((one) => whereOf(one.path))).toEqual([
    { place: "when" },
    { step: 2 },
    { step: 2 },
    { step: 12 },
    { place: "told" },
    { place: "waits" },
    { place: "basics" },
  ]);
  expect(problems.inStep(2)).toHaveLength(2);
  expect(problems.inStep(1)).toEqual([]);
  expect(problems.inPlace("basics")).toHaveLength(1);
});

it("says at a field what is wrong with it, and with its parts where they have no field", () => {
  expect(problems.at("cron_expression")).toBe("cron_expression is bad.");
  expect(problems.at("notification_recipients")).toBeUndefined();
  expect(problems.at("notification_recipients", true)).toContain("[1]");
  expect(problems.withoutEmpty().at("steps[2].retry_count")).toBeUndefined();
});
