import { describe, expect, it } from "vitest";
import { brokenOf, pictureOf } from "./graph";
import { offsetOf, parsed, placeOf, sketchOf } from "./sketch";
import { millisOf, spanWord } from "./span";
import { nodeText, transitionWord, whenWord } from "./words";

const plan = {
  startNodeId: "intro",
  nodes: [
    {
      id: "intro",
      action: "send",
      subject: "Hello",
      schedule: { delay: "P1D", at: "09:00" },
      transitions: [
        { on: "opened", to: "wait", within: "PT72H" },
        { on: "no_open", to: "later", after: "PT72H" },
        { on: "clicked", to: "wait" },
      ],
    },
    { id: "wait", action: "wait", transitions: [{ on: 5, to: "intro" }, "x", null] },
    { id: "wait", action: "stop" },
    7,
    { action: "stop" },
  ],
};

describe("a plan that is being written", () => {
  it("is drawn as far as it can be understood", () => {
    const sketch = sketchOf(plan);
    expect(sketch.start).toBe("intro");
    expect(sketch.nodes.map((node) => [node.id, node.at])).toEqual([
      ["intro", 0],
      ["wait", 1],
    ]);
    for (const none of [null, undefined, 5, "x", [], { nodes: {} }, { nodes: [[], null] }]) {
      expect(sketchOf(none).nodes).toEqual([]);
    }
  });

  it("has one line between two nodes, and shows what is not written yet", () => {
    const { lines, missing } = pictureOf(sketchOf(plan), transitionWord);
    expect(missing).toEqual(["later"]);
    expect(lines).toEqual([
      { from: "intro", to: "wait", label: "opened within 3 days, clicked" },
      { from: "intro", to: "later", label: "not opened for 3 days" },
    ]);
  });

  it("knows which node a problem is about, and where it stands in the text", () => {
    expect(placeOf("nodes[12].transitions[0].to")).toBe(12);
    expect(placeOf("startNodeId")).toBeUndefined();
    expect([...brokenOf(sketchOf(plan), [{ path: "nodes[1]" }, { path: "nodes[2].id" }])]).toEqual([
      "wait",
    ]);
    const typed = JSON.stringify(plan, null, 2);
    expect(typed.slice(offsetOf(typed, "wait"))).toMatch(/^"id": "wait"/);
    expect(offsetOf(typed, "a.*b")).toBeUndefined();
    expect(parsed("{").json).toBeUndefined();
    expect(parsed("{").error).toBeTruthy();
    expect(parsed("[1]").json).toEqual([1]);
  });

  it("says durations and moments in words", () => {
    expect(millisOf("P1DT2H3M4S")).toBe(93_784_000);
    for (const wrong of ["", "P", "PT", "72H", "P1Y", "PT1.5H"])
      expect(millisOf(wrong)).toBeUndefined();
    expect([spanWord("PT30M"), spanWord("PT72H"), spanWord("P1M")]).toEqual([
      "30 min",
      "3 days",
      "P1M",
    ]);
    expect(whenWord({ delay: "PT0S" })).toBe("");
    expect(whenWord({ delay: "P3D", time: "09:00" })).toBe("after 3 days, at 09:00");
    const [intro, wait] = sketchOf(plan).nodes;
    expect(intro && nodeText(intro)).toBe("Hello · after 24 h, at 09:00");
    expect(wait && nodeText(wait)).toBe("Wait");
  });
});
