import { IconMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import { useReactFlow, useStore } from "@xyflow/react";
import { type ReactNode, type RefObject, useEffect } from "react";
import { t } from "../i18n";
import classes from "./graph.module.css";

/** As much as can be read; all of it, however small, when asked for. */
const FIRST = { padding: 0.08, maxZoom: 1, minZoom: 0.45 };
const WHOLE = { padding: 0.08, maxZoom: 1, duration: 180 };
const START_ZOOM = 0.8;

interface ZoomProps {
  structure: string;
  /** The middle of what is looked at first; none: all of it is. */
  start?: { x: number; y: number };
  /** The structure that somebody moved to where they want it. */
  moved: RefObject<string | undefined>;
}

/** Zoom and fit, and a fit of its own when what is drawn, or the room for it, becomes something else. */
export function Zoom({ structure, start, moved }: ZoomProps): ReactNode {
  const flow = useReactFlow();
  const room = useStore((state) => `${state.width}×${state.height}`);
  const isReady = useStore((state) => state.panZoom !== null && state.width > 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: fitting follows the structure and the room
  useEffect(() => {
    if (!isReady || moved.current === structure) return;
    const frame = requestAnimationFrame(() => {
      if (start) void flow.setCenter(start.x, start.y, { zoom: START_ZOOM });
      else void flow.fitView(FIRST);
    });
    return () => cancelAnimationFrame(frame);
  }, [structure, room, isReady, flow]);
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
