import { expect, test } from "vitest";
import { fromLocal, toLocal } from "./zone";

test("wall-clock times come back as they went", () => {
  expect(fromLocal("2026-01-28T09:00", "Africa/Nairobi")).toBe("2026-01-28T06:00:00Z");
  expect(fromLocal("2026-07-28T09:00", "America/New_York")).toBe("2026-07-28T13:00:00Z");
  expect(toLocal("2026-01-28T06:00:00Z", "Africa/Nairobi")).toBe("2026-01-28T09:00");
  expect(fromLocal("", "UTC")).toBeNull();
});

test("both sides of a change of clocks are right", () => {
  expect(fromLocal("2026-03-08T01:30", "America/New_York")).toBe("2026-03-08T06:30:00Z");
  expect(fromLocal("2026-03-08T03:30", "America/New_York")).toBe("2026-03-08T07:30:00Z");
});

test("seconds that somebody typed are kept", () => {
  expect(fromLocal("2026-01-28T09:00:25", "Africa/Nairobi")).toBe("2026-01-28T06:00:25Z");
  expect(toLocal("2026-01-28T06:00:25Z", "Africa/Nairobi")).toBe("2026-01-28T09:00:25");
});
