import { expect, it } from "vitest";
import { heightOf, labelSize, linesOf } from "./text";

const font = { size: 10, weight: 400 };
// Where nothing can be measured a letter is 5.8 wide.

it("counts lines as words wrap, and breaks a word that is longer than a line", () => {
  expect(linesOf("", font, 60)).toBe(1);
  expect(linesOf("one two", font, 60)).toBe(1);
  expect(linesOf("one two three", font, 60)).toBe(2);
  expect(linesOf("inaendeshwaulimwenguni", font, 60)).toBe(3);
  expect(linesOf("morning-figures", font, 60)).toBe(2);
});

it("makes a box as high as what it says", () => {
  const low = heightOf({ title: "Read", text: "Query", aside: "3 s" });
  expect(low).toBe(54);
  expect(heightOf({ title: "Read the figures of the morning", text: "Query" })).toBe(72);
  const long = "Inasubiri jaribio lake lijalo";
  expect(heightOf({ title: "Read", text: long })).toBe(70);
  expect(heightOf({ title: "Read", text: long, aside: "ndani ya sekunde 12" })).toBe(86);
});

it("gives words on a line two lines before they grow too wide", () => {
  expect(labelSize("done").height).toBe(16);
  const both = labelSize("opened within 3 days, clicked, answered");
  expect(both.height).toBe(30);
  expect(both.width).toBeGreaterThan(labelSize("opened within 3 days,").width - 1);
  expect(both.width).toBeLessThan(150);
});
