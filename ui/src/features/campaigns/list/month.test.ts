import { beforeAll, expect, it } from "vitest";
import { setWorkspaceFormat } from "../../../shared/format";
import type { Campaign } from "../types";
import { daysOf, isOf, monthKey, monthOf, weeksOf } from "./month";

const now = Date.parse("2026-11-24T21:30:00Z");
const dayOf = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

beforeAll(() => setWorkspaceFormat({ timeZone: "Africa/Nairobi" }));

it("shows whole weeks from Monday", () => {
  const weeks = weeksOf({ year: 2026, month: 10 });
  expect(weeks).toHaveLength(6);
  expect(weeks[0]?.[0]).toBe(dayOf("2026-10-26"));
  expect(weeks[5]?.[6]).toBe(dayOf("2026-12-06"));
  expect(weeksOf({ year: 2027, month: 1 })).toHaveLength(4);
  expect(isOf({ year: 2026, month: 10 }, dayOf("2026-12-01"))).toBe(false);
});

it("reads the month from the address, else takes the one it is in the workspace", () => {
  expect(monthOf("2027-02", now)).toEqual({ year: 2027, month: 1 });
  expect(monthOf("2027-13", now)).toEqual({ year: 2026, month: 10 });
  expect(monthOf(undefined, Date.parse("2026-11-30T22:00:00Z"))).toEqual({ year: 2026, month: 11 });
  expect(monthKey({ year: 2026, month: 11 }, 1)).toBe("2027-01");
  expect(monthKey({ year: 2026, month: 0 }, -1)).toBe("2025-12");
});

it("gives a campaign the days on which it sends, on the workspace's clock", () => {
  const campaign = (part: Partial<Campaign>) =>
    ({
      status: "draft",
      scheduledAt: null,
      startedAt: null,
      completedAt: null,
      ...part,
    }) as Campaign;
  const startedAt = "2026-11-22T22:00:00Z";
  expect(daysOf(campaign({}), now)).toBeUndefined();
  expect(
    daysOf(campaign({ status: "cancelled", scheduledAt: "2026-11-26T06:00:00Z" }), now),
  ).toBeUndefined();
  expect(daysOf(campaign({ status: "running", startedAt }), now)).toEqual({
    from: dayOf("2026-11-23"),
    to: dayOf("2026-11-25"),
  });
  expect(
    daysOf(campaign({ status: "completed", startedAt, completedAt: "2026-11-23T09:00:00Z" }), now),
  ).toEqual({ from: dayOf("2026-11-23"), to: dayOf("2026-11-23") });
});
