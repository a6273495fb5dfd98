import { expect, it } from "vitest";
import type { JobType } from "../../../gen";
import { limitsOf } from "./kinds";

const kind = (code: string, timeout?: number, sla?: number): JobType => ({
  code,
  name: code,
  description: "",
  defaults: { execution_timeout_minutes: timeout, sla_duration_minutes: sla },
});
const quick = kind("quick", 60, 30);
const slow = kind("slow", 1440, 240);
const custom = kind("custom");

it("gives a new job the limits of its kind, and those of the next one when it is changed", () => {
  const first = limitsOf({}, custom, quick);
  expect(first).toEqual({ execution_timeout_minutes: 60, sla_duration_minutes: 30 });
  expect(limitsOf(first, quick, slow)).toEqual({
    execution_timeout_minutes: 1440,
    sla_duration_minutes: 240,
  });
  expect(limitsOf(first, quick, custom)).toEqual({});
});

it("leaves what somebody has written", () => {
  const written = { execution_timeout_minutes: 5, sla_duration_minutes: 30 };
  expect(limitsOf(written, quick, slow)).toEqual({
    execution_timeout_minutes: 5,
    sla_duration_minutes: 240,
  });
});
