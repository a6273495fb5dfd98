import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { type MouseEvent, memo, type ReactNode } from "react";
import { type Status, StatusShape } from "../ui";
import classes from "./graph.module.css";
import type { Direction } from "./layout";

/** What a box says. */
export interface GraphBox {
  id: string;
  title: string;
  /** Second line: what it does or when it runs. */
  text?: string;
  /** Right of the second line, or below it where there is no room: a time. */
  aside?: string;
  /** How much of its work is done, from 0 to 1; none where nobody knows. */
  progress?: number;
  status: Status;
  /** What kind of thing it is, in place of its state. */
  icon?: ReactNode;
  /** In words, for those who do not see the shape. */
  statusWord: string;
  /** It is at work, was chosen, is out of use, or needs somebody. */
  tone?: "live" | "quiet" | "bad";
}

interface Joined extends Record<string, unknown> {
  direction: Direction;
}

export interface BoxData extends GraphBox, Joined {
  isSelected: boolean;
  /** The one that the Tab key leads to; arrow keys lead to the others. */
  isCurrent: boolean;
  /** What it stands behind, in words. */
  after?: string;
  onSelect: (id: string) => void;
  onFocus: (id: string) => void;
}

export type BoxNode = Node<BoxData, "box">;
export type JointNode = Node<Joined, "joint">;

const Before = ({ direction }: Joined): ReactNode => (
  <Handle
    type="target"
    position={direction === "right" ? Position.Left : Position.Top}
    className={classes.handle}
  />
);
const Behind = ({ direction }: Joined): ReactNode => (
  <Handle
    type="source"
    position={direction === "right" ? Position.Right : Position.Bottom}
    className={classes.handle}
  />
);

function BoxView({ data }: NodeProps<BoxNode>): ReactNode {
  const choose = (event: MouseEvent) => {
    event.stopPropagation();
    data.onSelect(data.id);
  };
  const more = [data.statusWord !== data.text && data.statusWord, data.after];
  return (
    <>
      <Before direction={data.direction} />
      <button
        type="button"
        tabIndex={data.isCurrent ? 0 : -1}
        className={`${classes.box} nopan`}
        data-box={data.id}
        data-tone={data.tone}
        aria-pressed={data.isSelected}
        title={[data.title, data.text].filter(Boolean).join("\n")}
        onClick={choose}
        onFocus={() => data.onFocus(data.id)}
      >
        <span className={classes.boxTitle}>
          {data.icon ?? <StatusShape status={data.status} />}
          <span className={classes.boxName}>{data.title}</span>
        </span>
        <span className={classes.boxText}>
          <span className={classes.boxWords}>{data.text}</span>
          {data.aside && <span className={classes.boxAside}>{data.aside}</span>}
        </span>
        {data.progress !== undefined && (
          <span className={classes.boxProgress} aria-hidden>
            <span style={{ width: `${data.progress * 100}%` }} />
          </span>
        )}
        <span className="visually-hidden">{more.filter(Boolean).join(", ")}</span>
      </button>
      <Behind direction={data.direction} />
    </>
  );
}

/** A point at which lines meet. */
function JointView({ data }: NodeProps<JointNode>): ReactNode {
  return (
    <>
      <Before direction={data.direction} />
      <span className={classes.joint} />
      <Behind direction={data.direction} />
    </>
  );
}

export const nodeTypes = { box: memo(BoxView), joint: memo(JointView) };
