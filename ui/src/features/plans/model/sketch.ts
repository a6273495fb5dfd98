/** A plan as far as its JSON can be understood: what is drawn while somebody still writes it. */
export interface Sketch {
  start?: string;
  nodes: SketchNode[];
}

export interface SketchNode {
  id: string;
  /** Its place in the JSON: `nodes[at]`. */
  at: number;
  action: string;
  /** Of a message. */
  subject?: string;
  body?: string;
  channel?: string;
  /** Of a card. */
  title?: string;
  /** Of a branch. */
  condition?: string;
  delay?: string;
  time?: string;
  transitions: SketchTransition[];
}

export interface SketchTransition {
  on: string;
  to: string;
  within?: string;
  after?: string;
}

type Fields = Record<string, unknown>;

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** Never fails: what is no plan is an empty one. */
export function sketchOf(json: unknown): Sketch {
  const plan = fields(json);
  const seen = new Set<string>();
  const nodes = list(plan.nodes).flatMap((value, at): SketchNode[] => {
    const node = fields(value);
    const id = text(node.id);
    if (!id || seen.has(id)) return [];
    seen.add(id);
    const schedule = fields(node.schedule);
    return [
      {
        id,
        at,
        action: text(node.action) ?? "",
        subject: text(node.subject),
        body: text(node.body),
        channel: text(node.channel),
        title: text(node.title),
        condition: text(node.condition),
        delay: text(schedule.delay),
        time: text(schedule.at),
        transitions: list(node.transitions).flatMap(transitionOf),
      },
    ];
  });
  return { start: text(plan.startNodeId), nodes };
}

function transitionOf(value: unknown): SketchTransition[] {
  const transition = fields(value);
  const [on, to] = [text(transition.on), text(transition.to)];
  if (!on || !to) return [];
  return [{ on, to, within: text(transition.within), after: text(transition.after) }];
}

/** JSON as somebody types it; none while it cannot be read, with the reason. */
export function parsed(typed: string): { json?: unknown; error?: string } {
  try {
    return { json: JSON.parse(typed) as unknown };
  } catch (cause) {
    return { error: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** Which node a problem is about: `nodes[2].transitions[0].to` is about the third. */
export function placeOf(path: string): number | undefined {
  const found = /^nodes\[(\d+)\]/.exec(path)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Where a node stands in the text, by its id. */
export function offsetOf(typed: string, id: string): number | undefined {
  const name = JSON.stringify(id).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const found = new RegExp(String.raw`"id"\s*:\s*${name}`).exec(typed);
  return found?.index;
}
