import "@xyflow/react/dist/base.css";
import { Background, MarkerType, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { t } from "../i18n";
import { type BoxNode, type GraphBox, type JointNode, nodeTypes } from "./BoxView";
import classes from "./graph.module.css";
import { type GraphLine, joined } from "./joints";
import { edgeTypes, type LineEdge } from "./LineView";
import { type Box, type Direction, type Line, lineKey, place, type Sized } from "./layout";
import { BOX_WIDTH, heightOf, labelSize } from "./text";
import { boxTowards } from "./walk";
import { Zoom } from "./Zoom";

interface FlowGraphProps {
  label: string;
  boxes: GraphBox[];
  lines: GraphLine[];
  selected?: string;
  onSelect: (id: string) => void;
  /** Where it goes on; down in narrow places. */
  direction?: Direction;
  /** What to say where there is nothing to draw. */
  children?: ReactNode;
}

/** Of a point at which lines meet. */
const JOINT = 2;
/** From so many boxes on, those out of sight are not drawn. */
const MANY = 60;
/** So many boxes can be read at once. */
const FITS = 24;
/** Others named by a box. */
const NAMED = 3;

/**
 * Boxes joined by lines, placed by themselves. The Tab key leads to one box and arrow keys to those around it; a list
 * beside the picture says and does the same.
 */
export function FlowGraph(props: FlowGraphProps): ReactNode {
  return (
    <div className={classes.graph} role="group" aria-label={props.label}>
      <ReactFlowProvider>
        <Flow {...props} />
      </ReactFlowProvider>
      {props.boxes.length === 0 && <div className={classes.none}>{props.children}</div>}
    </div>
  );
}

function Flow(props: FlowGraphProps): ReactNode {
  const { boxes, selected, onSelect, direction = "right" } = props;
  const { lines, joints } = useMemo(() => joined(props.lines), [props.lines]);
  const heights = useHeights(boxes);
  const things = [
    ...boxes.map(({ id }) => ({ id, width: BOX_WIDTH, height: heights.get(id) ?? 0 })),
    ...joints.map((id) => ({ id, width: JOINT, height: JOINT })),
  ];
  const places = usePlaces(things, lines, direction);
  const moved = useRef<string>(undefined);
  const [at, setAt] = useState<string>();
  // Where one looks first when there is more than fits: what was chosen, or what is at work.
  const first =
    boxes.find((box) => box.id === selected) ?? boxes.find((box) => box.tone === "live");
  const current = (boxes.find((box) => box.id === at) ?? first ?? foremost(boxes, places.of))?.id;
  const start = boxes.length > FITS && first ? places.of.get(first.id) : undefined;
  const after = useAfter(boxes, props.lines);
  const walk = useWalk(boxes, places.of, heights);
  const nodes = [
    ...boxes.map(
      (box): BoxNode => ({
        id: box.id,
        type: "box",
        position: places.of.get(box.id) ?? { x: 0, y: 0 },
        width: BOX_WIDTH,
        height: heights.get(box.id),
        data: {
          ...box,
          after: after(box.id),
          isSelected: box.id === selected,
          isCurrent: box.id === current,
          onSelect,
          onFocus: setAt,
          direction,
        },
      }),
    ),
    ...joints.map(
      (id): JointNode => ({
        id,
        type: "joint",
        position: places.of.get(id) ?? { x: 0, y: 0 },
        width: JOINT,
        height: JOINT,
        data: { direction },
      }),
    ),
  ];
  const edges = lines.map(
    (line): LineEdge => ({
      id: lineKey(line),
      type: "line",
      source: line.from,
      target: line.to,
      data: {
        direction,
        route: places.routes.get(lineKey(line)),
        words: line.label ? { text: line.label, ...labelSize(line.label) } : undefined,
      },
      className: line.isDone ? classes.done : undefined,
      style: line.isLoose ? { strokeDasharray: "4 3" } : undefined,
      markerEnd: line.to.startsWith("joint ")
        ? undefined
        : { type: MarkerType.ArrowClosed, width: 14, height: 14, color: "var(--m-field)" },
    }),
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys of the buttons inside
    <div ref={walk.root} className={classes.flow} onKeyDown={walk.onKeyDown}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        onlyRenderVisibleElements={boxes.length > MANY}
        minZoom={0.1}
        maxZoom={1.5}
        onMoveStart={(event) => {
          // Moves by hand have an event, moves of our own have none.
          if (event) moved.current = places.structure;
        }}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={16} size={1} color="var(--m-line2)" />
        <Zoom
          structure={places.structure}
          start={start && middleOf(start, heights)}
          moved={moved}
        />
      </ReactFlow>
    </div>
  );
}

/** Where the picture begins: arrow keys lead on from there, in whatever order the boxes were told. */
function foremost(boxes: GraphBox[], places: Map<string, Box>): GraphBox | undefined {
  const far = ({ id }: GraphBox) => {
    const { x, y } = places.get(id) ?? { x: 0, y: 0 };
    return x + y;
  };
  return boxes.reduce<GraphBox | undefined>(
    (best, box) => (best && far(best) <= far(box) ? best : box),
    undefined,
  );
}

/** Heights in which all that boxes say fits. While a name stays they only grow: a graph that is alive stands still. */
function useHeights(boxes: GraphBox[]): Map<string, number> {
  const kept = useRef(new Map<string, { title: string; height: number }>());
  const now = boxes.map((box) => {
    const before = kept.current.get(box.id);
    const least = before?.title === box.title ? before.height : 0;
    return [box.id, { title: box.title, height: Math.max(least, heightOf(box)) }] as const;
  });
  kept.current = new Map(now);
  return new Map(now.map(([id, { height }]) => [id, height]));
}

const middleOf = (box: Box, heights: Map<string, number>) => ({
  x: box.x + BOX_WIDTH / 2,
  y: box.y + (heights.get(box.id) ?? 0) / 2,
});

/** Places change with what is joined, not with how it goes. */
function usePlaces(things: Sized[], lines: GraphLine[], direction: Direction) {
  const drawn = lines.map(
    ({ from, to, label }): Line => ({ from, to, label: label ? labelSize(label) : undefined }),
  );
  const structure = JSON.stringify([things, drawn, direction]);
  const { of, routes } = useMemo(() => {
    const placed = place(...(JSON.parse(structure) as [Sized[], Line[], Direction]));
    return { of: new Map(placed.boxes.map((box) => [box.id, box])), routes: placed.routes };
  }, [structure]);
  return { structure, of, routes };
}

/** What a box stands behind, in words: those who do not see the lines hear them. */
function useAfter(boxes: GraphBox[], lines: GraphLine[]): (id: string) => string | undefined {
  const named = new Map(boxes.map((box) => [box.id, box.title]));
  const before = new Map<string, string[]>();
  for (const { from, to } of lines) {
    const title = named.get(from);
    if (title) before.set(to, [...(before.get(to) ?? []), title]);
  }
  return (id) => {
    const names = before.get(id);
    if (!names) return undefined;
    const few = names.slice(0, NAMED).join(", ");
    return names.length > NAMED
      ? t("after {names} and {n} more", { names: few, n: names.length - NAMED })
      : t("after {names}", { names: few });
  };
}

/** Arrow keys lead from box to box; one that is out of sight is brought into the middle first. */
function useWalk(boxes: GraphBox[], places: Map<string, Box>, heights: Map<string, number>) {
  const flow = useReactFlow();
  const root = useRef<HTMLDivElement>(null);
  const find = (id: string) =>
    root.current?.querySelector<HTMLElement>(`[data-box="${CSS.escape(id)}"]`);
  const isSeen = (element: HTMLElement) => {
    const [box, room] = [element, root.current].map((one) => one?.getBoundingClientRect());
    if (!box || !room) return false;
    return (
      box.left >= room.left &&
      box.right <= room.right &&
      box.top >= room.top &&
      box.bottom <= room.bottom
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const id = (event.target as HTMLElement).dataset.box;
    const from = id === undefined ? undefined : places.get(id);
    if (!from) return;
    const all = boxes.flatMap((box) => places.get(box.id) ?? []);
    const next = boxTowards(event.key, from, all);
    if (!next) return;
    event.preventDefault();
    const there = find(next.id);
    if (there && isSeen(there)) {
      there.focus({ preventScroll: true });
      return;
    }
    const { zoom } = flow.getViewport();
    const { x, y } = middleOf(next, heights);
    void flow
      .setCenter(x, y, { zoom })
      .then(() => requestAnimationFrame(() => find(next.id)?.focus({ preventScroll: true })));
  };
  return { root, onKeyDown };
}
