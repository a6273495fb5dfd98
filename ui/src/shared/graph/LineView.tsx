import {
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
} from "@xyflow/react";
import { memo, type ReactNode } from "react";
import classes from "./graph.module.css";
import type { Direction, Size } from "./layout";
import { pathOf, type Route } from "./routes";

interface LineData extends Record<string, unknown> {
  direction: Direction;
  /** None where nothing lies between its ends. */
  route?: Route;
  words?: Size & { text: string };
}

export type LineEdge = Edge<LineData, "line">;

/** A line that leads past boxes and not behind them, with its words on it. */
function LineView(props: EdgeProps<LineEdge>): ReactNode {
  const { data, markerEnd, style } = props;
  const [bezier, labelX, labelY] = getBezierPath(props);
  const { route, words, direction = "right" } = data ?? {};
  const start = { x: props.sourceX, y: props.sourceY };
  const end = { x: props.targetX, y: props.targetY };
  const path = route ? pathOf(start, route, end, direction) : bezier;
  const { x, y } = route?.label ?? { x: labelX, y: labelY };
  return (
    <>
      <BaseEdge id={props.id} path={path} markerEnd={markerEnd} style={style} />
      {words && (
        <EdgeLabelRenderer>
          <span
            className={classes.words}
            style={{
              width: words.width,
              transform: `translate(-50%, -50%) translate(${x}px, ${y}px)`,
            }}
          >
            {words.text}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const edgeTypes = { line: memo(LineView) };
