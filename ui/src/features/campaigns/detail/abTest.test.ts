import { describe, expect, test } from "vitest";
import { chance, scaleOf } from "./abTest";

describe("a test's figures", () => {
  test("all intervals fit on the scale", () => {
    expect(scaleOf([{ high: 0.2 }, { high: 0.4 }])).toBeCloseTo(0.42);
    expect(scaleOf([{ high: 0.99 }])).toBe(1);
    expect(scaleOf([{ high: null }, { high: 0 }])).toBe(1);
  });

  test("a chance that rounds to nothing is not called nothing", () => {
    expect(chance(0.0771)).toBe("7.7%");
    expect(chance(0.000_02)).toBe("less than 0.1%");
  });
});
