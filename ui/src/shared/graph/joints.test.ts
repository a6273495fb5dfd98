import { expect, it } from "vitest";
import { joined } from "./joints";

const all = (from: string[], to: string[]) =>
  to.flatMap((target) => from.map((source) => ({ from: source, to: target })));

it("lets lines meet where several wait for the same several others", () => {
  const { lines, joints } = joined(all(["a", "b", "c"], ["d", "e", "f"]));
  expect(joints).toHaveLength(1);
  expect(lines).toHaveLength(6);
  expect(lines.filter((line) => line.to === joints[0]).map((line) => line.from)).toEqual([
    "a",
    "b",
    "c",
  ]);
});

it("leaves a line alone that fans out, comes together or says something", () => {
  const fan = all(["a"], ["b", "c"]);
  expect(joined(fan)).toEqual({ lines: fan, joints: [] });
  const funnel = all(["a", "b"], ["c"]);
  expect(joined(funnel)).toEqual({ lines: funnel, joints: [] });
  const said = all(["a", "b"], ["c", "d"]).map((line) => ({ ...line, label: "failed" }));
  expect(joined(said)).toEqual({ lines: said, joints: [] });
});

it("is done behind the joint when all before it are", () => {
  const before = all(["a", "b"], ["c", "d"]).map((line) => ({
    ...line,
    isDone: line.from === "a",
  }));
  const { lines, joints } = joined(before);
  expect(lines.filter((line) => line.from === joints[0]).map((line) => line.isDone)).toEqual([
    false,
    false,
  ]);
});
