import { expect, it } from "vitest";
import { spread, ticks } from "./scale";

it("puts four or five round lines from 0", () => {
  expect(ticks(930)).toEqual([0, 250, 500, 750, 1000]);
  expect(ticks(7)).toEqual([0, 2, 4, 6, 8]);
  expect(ticks(0)).toEqual([0, 1]);
});

it("keeps end labels apart and inside", () => {
  expect(spread([100, 102, 20], 16, 166)).toEqual([100, 116, 20]);
  expect(spread([160, 164], 16, 166)).toEqual([150, 166]);
});
