import {
  type Icon,
  IconArrowsSplit2,
  IconClockHour4,
  IconFlag,
  IconLayoutKanban,
  IconMail,
  IconMessage,
  IconQuestionMark,
  IconUserEdit,
  IconWebhook,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { number } from "../../shared/format";
import { FlowGraph, type GraphBox } from "../../shared/graph";
import { t, tn } from "../../shared/i18n";
import { StatusShape } from "../../shared/ui";
import { pictureOf } from "./model/graph";
import type { Sketch, SketchNode } from "./model/sketch";
import type { PlanCounts } from "./model/types";
import { actionWord, nodeText, transitionWord } from "./model/words";

interface PlanGraphProps {
  sketch: Sketch;
  /** How many are where; none while nothing runs. */
  counts?: PlanCounts;
  /** Nobody is on the way any more: how many were where is said instead. */
  isOver?: boolean;
  /** Ids of nodes that something is wrong with. */
  broken?: ReadonlySet<string>;
  selected?: string;
  direction?: "right" | "down";
  onSelect: (id: string) => void;
  children?: ReactNode;
}

/** A plan as a picture: nodes, the ways between them, and how many are where. */
export function PlanGraph(props: PlanGraphProps): ReactNode {
  const { sketch, counts, isOver, broken, selected, direction, onSelect, children } = props;
  const { nodes, missing, lines } = pictureOf(sketch, transitionWord);
  const people = new Map(
    counts?.nodes.map(({ nodeId, active, passed }) => [nodeId, isOver ? passed : active]),
  );
  return (
    <FlowGraph
      label={t("Nodes of the plan and the ways between them; the plan’s text says the same")}
      boxes={[
        ...nodes.map((node) =>
          boxOf(node, {
            isStart: node.id === sketch.start,
            isBroken: broken?.has(node.id) ?? false,
            people: people.get(node.id) ?? 0,
            isOver: isOver ?? false,
          }),
        ),
        ...missing.map(missingBox),
      ]}
      lines={lines}
      selected={selected}
      direction={direction}
      onSelect={onSelect}
    >
      {children}
    </FlowGraph>
  );
}

interface State {
  isStart: boolean;
  isBroken: boolean;
  people: number;
  isOver: boolean;
}

function boxOf(node: SketchNode, { isStart, isBroken, people, isOver }: State): GraphBox {
  const words = [
    actionWord(node.action),
    isStart && t("everybody begins here"),
    isBroken && t("has to be mended"),
    people > 0 &&
      (isOver
        ? tn(people, "{n} person was here", "{n} people were here")
        : tn(people, "{n} person is here", "{n} people are here")),
  ];
  return {
    id: node.id,
    title: node.id,
    text: nodeText(node),
    aside: people > 0 ? number(people) : undefined,
    status: isBroken ? "warning" : "draft",
    icon: isBroken ? (
      <StatusShape status="warning" />
    ) : (
      <ActionIcon node={node} isStart={isStart} />
    ),
    statusWord: words.filter(Boolean).join(", "),
    tone: isBroken ? "bad" : people > 0 && !isOver ? "live" : undefined,
  };
}

const missingBox = (id: string): GraphBox => ({
  id,
  title: id,
  text: t("not written yet"),
  status: "warning",
  statusWord: t("has to be mended"),
  tone: "quiet",
});

const icons: Record<string, Icon> = {
  send: IconMail,
  wait: IconClockHour4,
  stop: IconFlag,
  branch: IconArrowsSplit2,
  update_customer: IconUserEdit,
  create_card: IconLayoutKanban,
  webhook: IconWebhook,
};

function ActionIcon({ node, isStart }: { node: SketchNode; isStart: boolean }): ReactNode {
  const isText = node.action === "send" && (node.channel ?? "email") !== "email";
  const Shown = isText ? IconMessage : (icons[node.action] ?? IconQuestionMark);
  return (
    <Shown
      size={15}
      stroke={1.6}
      aria-hidden
      style={{ flex: "none", marginTop: 1, color: isStart ? "var(--m-accent)" : "var(--m-text2)" }}
    />
  );
}
