import { expect, it } from "vitest";
import { draftOf, readValues } from "./parameters";

const parameters = {
  campaign_id: { type: "id", required: true },
  limit: { type: "integer", default: 100 },
  share: { type: "number" },
  dry_run: { type: "boolean" },
  tags: { type: "list", default: ["vip"] },
} as const;

it("begins with the defaults, and gives values of their types", () => {
  const draft = draftOf(parameters as never);
  expect(draft).toMatchObject({ limit: "100", tags: '[\n  "vip"\n]' });
  const read = readValues(parameters as never, { ...draft, campaign_id: "789", share: "0.5" });
  expect(read).toEqual({
    values: { campaign_id: 789, limit: 100, share: 0.5, dry_run: false, tags: ["vip"] },
    errors: {},
  });
});

it("says what is missing and what cannot be read", () => {
  const { errors } = readValues(parameters as never, { limit: "1.5", share: "much", tags: "{}" });
  expect(Object.keys(errors)).toEqual(["campaign_id", "limit", "share", "tags"]);
});

it("leaves an id that is no number as it is written", () => {
  const id = "0192f0c1-7f3a-7cc1-9d3e-1f2a3b4c5d6e";
  expect(readValues(parameters as never, { campaign_id: id }).values.campaign_id).toBe(id);
});
