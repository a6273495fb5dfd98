import "@xyflow/react/dist/base.css";
import {
  Background,
  type Edge,
  MarkerType,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { t } from "../i18n";
import { type BoxNode, type GraphBox, type JointNode, nodeTypes } from "./BoxView";
import classes from "./graph.module.css";
import { type GraphLine, joined } from "./joints";
import { type Box, type Direction, place, type Size } from "./layout";
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

const LOW: Size = { width: 184, height: 54 };
/** With names of two lines. */
const HIGH: Size = { width: 184, height: 72 };
/** Letters of a name that fit on one line. */
const LINE_LETTERS = 20;
/** Of one letter on a line, in pixels. */
const LETTER = 6;
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
  const size = boxes.some((box) => box.title.length > LINE_LETTERS) ? HIGH : LOW;
  const places = usePlaces(boxes, lines, joints, size, direction);
  const moved = useRef<string>(undefined);
  const [at, setAt] = useState<string>();
  // Where one looks first when there is more than fits: what was chosen, or what is at work.
  const first =
    boxes.find((box) => box.id === selected) ?? boxes.find((box) => box.tone === "live");
  const current = (boxes.find((box) => box.id === at) ?? first ?? foremost(boxes, places.of))?.id;
  const start = boxes.length > FITS && first ? places.of.get(first.id) : undefined;
  const after = useAfter(boxes, props.lines);
  const walk = useWalk(boxes, places.of, size);
  const nodes = [
    ...boxes.map(
      (box): BoxNode => ({
        id: box.id,
        type: "box",
        position: places.of.get(box.id) ?? { x: 0, y: 0 },
        ...size,
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
        width: 2,
        height: 2,
        data: { direction },
      }),
    ),
  ];
  const edges = lines.map(
    (line): Edge => ({
      id: `${line.from} ${line.to}`,
      source: line.from,
      target: line.to,
      label: line.label,
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
          start={start && { x: start.x + size.width / 2, y: start.y + size.height / 2 }}
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

/** Places change with what is joined, not with how it goes: a graph that is alive stands still. */
function usePlaces(
  boxes: GraphBox[],
  lines: GraphLine[],
  joints: string[],
  size: Size,
  direction: Direction,
) {
  const structure = JSON.stringify([
    boxes.map((box) => box.id),
    lines.map(({ from, to, label = "" }) => [from, to, label.length * LETTER]),
    joints,
    size,
    direction,
  ]);
  const of = useMemo(() => {
    const [ids, pairs, points, each, way] = JSON.parse(structure) as [
      string[],
      [string, string, number][],
      string[],
      Size,
      Direction,
    ];
    const between = pairs.map(([from, to, labelWidth]) => ({ from, to, labelWidth }));
    const placed = place([...ids, ...points], between, each, way, new Set(points));
    return new Map(placed.map((box) => [box.id, box]));
  }, [structure]);
  return { structure, of };
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
function useWalk(boxes: GraphBox[], places: Map<string, Box>, size: Size) {
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
    void flow
      .setCenter(next.x + size.width / 2, next.y + size.height / 2, { zoom })
      .then(() => requestAnimationFrame(() => find(next.id)?.focus({ preventScroll: true })));
  };
  return { root, onKeyDown };
}
