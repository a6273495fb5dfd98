import type { GraphLine } from "../../../shared/graph";
import type { Sketch, SketchNode } from "./sketch";
import { placeOf } from "./sketch";

export interface Picture {
  nodes: SketchNode[];
  /** Named by a transition and not written yet. */
  missing: string[];
  lines: GraphLine[];
}

/** Nodes and the ways between them; several ways between the same two are one line that says them all. */
export function pictureOf(
  sketch: Sketch,
  say: (way: SketchNode["transitions"][number]) => string,
): Picture {
  const known = new Set(sketch.nodes.map((node) => node.id));
  const missing = new Set<string>();
  const ways = new Map<string, { from: string; to: string; labels: string[] }>();
  for (const node of sketch.nodes) {
    for (const transition of node.transitions) {
      if (!known.has(transition.to)) missing.add(transition.to);
      const key = JSON.stringify([node.id, transition.to]);
      const way = ways.get(key) ?? { from: node.id, to: transition.to, labels: [] };
      way.labels.push(say(transition));
      ways.set(key, way);
    }
  }
  return {
    nodes: sketch.nodes,
    missing: [...missing],
    lines: [...ways.values()].map(({ from, to, labels }) => ({
      from,
      to,
      label: labels.join(", "),
    })),
  };
}

/** Ids of nodes that something is wrong with. */
export const brokenOf = (sketch: Sketch, problems: { path: string }[]): ReadonlySet<string> => {
  const places = new Set(problems.map((problem) => placeOf(problem.path)));
  return new Set(sketch.nodes.filter((node) => places.has(node.at)).map((node) => node.id));
};
