import "@xyflow/react/dist/base.css";
import { IconMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import {
  Background,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from "@xyflow/react";
import {
  type MouseEvent,
  memo,
  type ReactNode,
  type RefObject,
  useEffect,
  useMemo,
  useRef,
} from "react";
import { t } from "../../../shared/i18n";
import { type Status, StatusShape } from "../../../shared/ui";
import classes from "./graph.module.css";
import { type Box, type Direction, place, type Size } from "./layout";

/** What a box says. */
export interface GraphBox {
  id: string;
  title: string;
  /** Second line: what it does or when it runs. */
  text?: string;
  /** Right of the second line, in full: a time. */
  aside?: string;
  status: Status;
  /** In words, for those who do not see the shape. */
  statusWord: string;
  /** It is at work, was chosen, is out of use, or needs somebody. */
  tone?: "live" | "quiet" | "bad";
}

export interface GraphLine {
  from: string;
  to: string;
  /** Dashed: it need not be kept to. */
  isLoose?: boolean;
  /** What is waited for has happened. */
  isDone?: boolean;
  label?: string;
}

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

const SIZE: Size = { width: 172, height: 54 };
/** Of one letter on a line, in pixels. */
const LETTER = 6;
/** From so many boxes on, those out of sight are not drawn. */
const MANY = 60;
interface BoxData extends GraphBox, Record<string, unknown> {
  isSelected: boolean;
  onSelect: (id: string) => void;
  direction: Direction;
}
/** So many boxes can be read at once. */
const FITS = 24;
/** As much as can be read; all of it, however small, when asked for. */
const FIRST = { padding: 0.08, maxZoom: 1, minZoom: 0.45 };
const WHOLE = { padding: 0.08, maxZoom: 1, duration: 180 };
type BoxNode = Node<BoxData, "box">;

const nodeTypes = { box: memo(BoxView) };

/**
 * Boxes joined by lines, placed by themselves. It is for eyes and pointers: wherever it stands, a list beside it says and
 * does the same for the keyboard.
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
  const { boxes, lines, selected, onSelect, direction = "right" } = props;
  // Places change with what is joined, not with how it goes: a graph that is alive stands still.
  const structure = JSON.stringify([
    boxes.map((box) => box.id),
    lines.map(({ from, to, label = "" }) => [from, to, label.length * LETTER]),
    direction,
  ]);
  const places = useMemo(() => {
    const [ids, joined, way] = JSON.parse(structure) as [
      string[],
      [string, string, number][],
      Direction,
    ];
    const pairs = joined.map(([from, to, labelWidth]) => ({ from, to, labelWidth }));
    return new Map(place(ids, pairs, SIZE, way).map((box) => [box.id, box]));
  }, [structure]);
  const moved = useRef<string>(undefined);
  // Where one looks first when there is more than fits: what was chosen, or what is at work.
  const first =
    boxes.find((box) => box.id === selected) ?? boxes.find((box) => box.tone === "live");
  const start = boxes.length > FITS && first ? places.get(first.id) : undefined;
  const nodes = boxes.map(
    (box): BoxNode => ({
      id: box.id,
      type: "box",
      position: places.get(box.id) ?? { x: 0, y: 0 },
      width: SIZE.width,
      height: SIZE.height,
      data: { ...box, isSelected: box.id === selected, onSelect, direction },
      sourcePosition: direction === "right" ? Position.Right : Position.Bottom,
      targetPosition: direction === "right" ? Position.Left : Position.Top,
    }),
  );
  const edges = lines.map(
    (line): Edge => ({
      id: `${line.from} ${line.to}`,
      source: line.from,
      target: line.to,
      label: line.label,
      className: line.isDone ? classes.done : undefined,
      style: line.isLoose ? { strokeDasharray: "4 3" } : undefined,
      markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: "var(--m-field)" },
    }),
  );
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      onlyRenderVisibleElements={boxes.length > MANY}
      minZoom={0.1}
      maxZoom={1.5}
      fitView
      fitViewOptions={FIRST}
      onMoveStart={(event) => {
        // Moves by hand have an event, moves of our own have none.
        if (event) moved.current = structure;
      }}
      proOptions={{ hideAttribution: true }}
    >
      <Background gap={16} size={1} color="var(--m-line2)" />
      <Zoom structure={structure} start={start} moved={moved} />
    </ReactFlow>
  );
}

interface ZoomProps {
  structure: string;
  start?: Box;
  /** The structure that somebody moved to where they want it. */
  moved: RefObject<string | undefined>;
}

/** Zoom and fit, and a fit of its own when what is drawn, or the room for it, becomes something else. */
function Zoom({ structure, start, moved }: ZoomProps): ReactNode {
  const flow = useReactFlow();
  const room = useStore((state) => `${state.width}×${state.height}`);
  // biome-ignore lint/correctness/useExhaustiveDependencies: fitting follows the structure and the room
  useEffect(() => {
    if (moved.current === structure) return;
    const frame = requestAnimationFrame(() => {
      if (start) void flow.setCenter(start.x + SIZE.width / 2, start.y, { zoom: 0.8 });
      else void flow.fitView(FIRST);
    });
    return () => cancelAnimationFrame(frame);
  }, [structure, room, flow]);
  const fit = () => void flow.fitView(WHOLE);
  return (
    <div className={classes.zoom}>
      <button type="button" aria-label={t("Nearer")} onClick={() => void flow.zoomIn()}>
        <IconPlus size={14} stroke={1.6} />
      </button>
      <button type="button" aria-label={t("Farther")} onClick={() => void flow.zoomOut()}>
        <IconMinus size={14} stroke={1.6} />
      </button>
      <button type="button" aria-label={t("Show all of it")} onClick={fit}>
        <IconMaximize size={14} stroke={1.6} />
      </button>
    </div>
  );
}

function BoxView({ data }: NodeProps<BoxNode>): ReactNode {
  const choose = (event: MouseEvent) => {
    event.stopPropagation();
    data.onSelect(data.id);
  };
  return (
    <>
      <Handle
        type="target"
        position={data.direction === "right" ? Position.Left : Position.Top}
        className={classes.handle}
      />
      <button
        type="button"
        tabIndex={-1}
        className={classes.box}
        data-tone={data.tone}
        aria-pressed={data.isSelected}
        aria-label={`${data.title}, ${data.statusWord}`}
        title={data.title}
        onClick={choose}
      >
        <span className={classes.boxTitle}>
          <StatusShape status={data.status} />
          <span className="ellipsis">{data.title}</span>
        </span>
        <span className={classes.boxText}>
          <span className="ellipsis">{data.text}</span>
          {data.aside && <span className={classes.boxAside}>{data.aside}</span>}
        </span>
      </button>
      <Handle
        type="source"
        position={data.direction === "right" ? Position.Right : Position.Bottom}
        className={classes.handle}
      />
    </>
  );
}
