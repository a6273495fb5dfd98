import { expect, it } from "vitest";
import { isId, labelOf, thingOf } from "./things";

it("knows by a value's name and type what it names", () => {
  expect(thingOf("campaign_id", "id")?.path).toBe("/campaigns");
  expect(thingOf("vip_segment_id", "id")?.path).toBe("/segments");
  expect(thingOf("customer_id", "integer")?.path).toBe("/customers");
  expect(thingOf("provider_id", "id")).toBeUndefined();
  expect(thingOf("campaign_id", "list")).toBeUndefined();
});

it("says what people call a value", () => {
  expect(labelOf("vip_segment_id")).toBe("Vip segment");
  expect(labelOf("id")).toBe("Id");
  expect(labelOf("max_rows")).toBe("Max rows");
});

it("tells an id from a name", () => {
  expect(isId("01a204bd-f4e4-7bfb-87dc-c8faa20baa25")).toBe(true);
  expect(isId("42")).toBe(true);
  expect(isId("Black Friday 2026")).toBe(false);
});
