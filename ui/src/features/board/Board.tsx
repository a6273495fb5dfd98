import { DragDropContext, type DropResult, type ResponderProvided } from "@hello-pangea/dnd";
import { Button, Menu, SegmentedControl } from "@mantine/core";
import { IconCheck, IconFilter, IconLayoutRows } from "@tabler/icons-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { type ApiError, useMay, usePage, useSession } from "../../shared/api";
import { t, tn } from "../../shared/i18n";
import { useShortcut } from "../../shared/keys";
import { useGo } from "../../shared/link";
import { EmptyState, InlineError, Page, Person, StatusShape, useLate } from "../../shared/ui";
import classes from "./board.module.css";
import { CardDrawer } from "./CardDrawer";
import { Lane } from "./Lane";
import { announcer, columnOf, howToMove } from "./moves";
import { type BoardFilter, COLUMNS, type Queue } from "./types";
import { useBoard, usePresence } from "./useBoard";
import { columnLabel } from "./words";

const SHAPES = {
  todo: "queued",
  in_progress: "running",
  waiting: "waiting",
  done: "completed",
} as const;

interface BoardProps {
  /** The card that is open. */
  cardId: string | null;
  campaignId: string;
  onOpen: (id: string | null) => void;
  onCampaign: (id: string) => void;
}

/** The board: columns by state, lanes by queue, one card open beside them. */
export function Board({ cardId, campaignId, onOpen, onCampaign }: BoardProps): ReactNode {
  const [owner, setOwner] = useState<BoardFilter["owner"]>("");
  const [rows, setRows] = useState<BoardFilter["rows"]>("queue");
  const [showDone, setShowDone] = useState(false);
  const [isWriting, setWriting] = useState(false);
  const { board, move } = useBoard({ owner, campaignId, priority: "", rows }, showDone);
  const people = usePresence(cardId, isWriting);
  const me = useSession()?.user.id;
  const canMove = useMay()("workBoard");
  const late = useLate(150);
  const data = board.data;
  const order = useMemo(
    () =>
      (data?.queues ?? []).flatMap((lane) =>
        COLUMNS.flatMap((status) =>
          (data?.cards ?? []).filter((c) => c.queue === lane.queue && c.status === status),
        ),
      ),
    [data],
  );
  const step = (by: number) => {
    const at = order.findIndex((card) => card.id === cardId);
    const next = order[Math.min(Math.max(at + by, 0), order.length - 1)];
    if (next) onOpen(next.id);
  };
  useShortcut("j", t("Next card"), () => step(1));
  useShortcut("k", t("Previous card"), () => step(-1));

  // In its new column a card is drawn anew; whoever moved it by keyboard goes on from there.
  const dropped = useRef<string>(null);
  useEffect(() => {
    if (!data || !dropped.current || document.activeElement !== document.body) return;
    handleOf(dropped.current)?.focus();
    dropped.current = null;
  }, [data]);
  const cardOf = (id: string) =>
    [...(data?.cards ?? []), ...(data?.done ?? [])].find((one) => one.id === id);
  const say = announcer((id) => cardOf(id)?.contactName ?? "");
  const drop = (result: DropResult, provided: ResponderProvided) => {
    say.dropped(result, provided);
    if (!result.destination || !data) return;
    const card = cardOf(result.draggableId);
    const { queue, status } = columnOf(result.destination.droppableId);
    if (!card) return;
    const lane = rows === "none" ? card.queue : queue;
    const column = data.cards.filter(
      (c) => c.status === status && c.id !== card.id && (rows === "none" || c.queue === lane),
    );
    const beforeId = status === "done" ? null : (column[result.destination.index]?.id ?? null);
    if (
      status === card.status &&
      lane === card.queue &&
      result.source.index === result.destination.index
    )
      return;
    dropped.current = card.id;
    void move({ card, status, queue: lane, beforeId });
  };

  const lanes: Queue[] =
    rows === "queue"
      ? (data?.queues ?? []).filter((lane) => lane.openCount > 0 || lane.doneCount > 0)
      : [
          {
            queue: "",
            openCount: order.length,
            lateCount: 0,
            doneCount: sum(data?.queues ?? []),
            firstAnswerMinutes: null,
          },
        ];
  const isEmpty = data && data.cards.length === 0 && sum(data.queues) === 0;

  return (
    <Page
      title={t("Board")}
      fill
      head={
        <div className={classes.bar}>
          <h1 className="visually-hidden">{t("Board")}</h1>
          <SegmentedControl
            value={owner}
            onChange={(value) => setOwner(value as BoardFilter["owner"])}
            data={[
              { value: "me", label: <Counted label={t("Mine")} count={data?.mineCount} /> },
              { value: "", label: <Counted label={t("Everyone")} count={data?.everyoneCount} /> },
            ]}
          />
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconLayoutRows size={15} aria-hidden />}
            onClick={() => setRows(rows === "queue" ? "none" : "queue")}
          >
            {rows === "queue" ? t("Rows: queue") : t("Rows: none")}
          </Button>
          <CampaignFilter value={campaignId} onChange={onCampaign} />
          <span className={classes.here}>
            <span className={classes.faces}>
              {people.slice(0, 5).map((one) => (
                <Person key={one.userId} name={one.name} size={22} only="avatar" />
              ))}
            </span>
            {people.length > 0 && tn(people.length, "{n} here", "{n} here")}
          </span>
        </div>
      }
      rail={
        cardId && (
          <CardDrawer
            key={cardId}
            id={cardId}
            people={people.filter((one) => one.cardId === cardId && one.userId !== me)}
            onClose={() => onOpen(null)}
            onStep={step}
            onWriting={setWriting}
          />
        )
      }
    >
      <div className={classes.board} data-open={cardId ? true : undefined}>
        <div className={classes.heads} data-done={showDone || undefined}>
          {COLUMNS.map((status) => (
            <div key={status} className={classes.headCell}>
              <StatusShape status={SHAPES[status]} />
              <h2 className={classes.headName}>{columnLabel(status)}</h2>
              <span className={classes.quiet}>
                {data?.cards.filter((c) => c.status === status).length ?? ""}
              </span>
            </div>
          ))}
          <button
            type="button"
            className={classes.headDone}
            onClick={() => setShowDone(!showDone)}
            aria-pressed={showDone}
            title={showDone ? t("Fold what is done") : t("Show what is done")}
          >
            <StatusShape status="completed" />
            {showDone && <span className={classes.headName}>{columnLabel("done")}</span>}
          </button>
        </div>
        {board.error && (
          <InlineError
            error={board.error as ApiError}
            meaning={t("No card is lost.")}
            onRetry={() => void board.refetch()}
          />
        )}
        {!data && !board.error && late && <Skeleton />}
        {isEmpty && <NoCards filtered={Boolean(campaignId || owner)} />}
        {data && !isEmpty && (
          <DragDropContext
            dragHandleUsageInstructions={howToMove()}
            onDragStart={say.lifted}
            onDragUpdate={say.moved}
            onDragEnd={drop}
          >
            {lanes.map((lane) => (
              <Lane
                key={lane.queue}
                lane={lane}
                headed={rows === "queue"}
                cards={data.cards.filter((card) => rows === "none" || card.queue === lane.queue)}
                done={data.done.filter((card) => rows === "none" || card.queue === lane.queue)}
                showDone={showDone}
                selected={cardId}
                people={people}
                me={me}
                canMove={canMove}
                onOpen={onOpen}
                onShowDone={() => setShowDone(true)}
              />
            ))}
          </DragDropContext>
        )}
        {data?.isCut && (
          <p className={classes.quiet}>
            {t("Only the first 1,000 open cards are shown. Choose a campaign to see the others.")}
          </p>
        )}
      </div>
    </Page>
  );
}

const handleOf = (cardId: string) =>
  document.querySelector<HTMLElement>(
    `[data-rfd-drag-handle-draggable-id="${CSS.escape(cardId)}"]`,
  );

const sum = (queues: Queue[]): number => queues.reduce((all, lane) => all + lane.doneCount, 0);

function Counted({ label, count }: { label: string; count: number | undefined }): ReactNode {
  return (
    <span>
      {label} <span className={classes.quiet}>{count ?? ""}</span>
    </span>
  );
}

function CampaignFilter({
  value,
  onChange,
}: {
  value: string;
  onChange: (id: string) => void;
}): ReactNode {
  const { data } = usePage<{ id: string; name: string }>("/campaigns", { pageSize: 50 });
  const chosen = data?.data.find((one) => one.id === value)?.name;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconFilter size={15} aria-hidden />}
          maw={320}
        >
          <span className="ellipsis">{t("Campaign: {name}", { name: chosen ?? t("all") })}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: "auto" }}>
        <Menu.Item
          onClick={() => onChange("")}
          rightSection={value === "" && <IconCheck size={14} />}
        >
          {t("All campaigns")}
        </Menu.Item>
        {data?.data.map((one) => (
          <Menu.Item
            key={one.id}
            onClick={() => onChange(one.id)}
            rightSection={one.id === value && <IconCheck size={14} />}
          >
            {one.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function NoCards({ filtered }: { filtered: boolean }): ReactNode {
  const go = useGo();
  return (
    <EmptyState
      title={filtered ? t("No card matches") : t("No cards yet")}
      text={
        filtered
          ? t("Nobody wrote about this campaign, or the cards belong to others.")
          : t(
              "When somebody answers a campaign and a person is needed, their reply becomes a card here.",
            )
      }
      action={!filtered && <Button onClick={() => go("/campaigns")}>{t("Open campaigns")}</Button>}
    />
  );
}

function Skeleton(): ReactNode {
  return (
    <div className={classes.columns} aria-hidden>
      {[3, 2, 2].map((count, column) => (
        <div key={column} className={classes.column}>
          {Array.from({ length: count }, (_, row) => (
            <div key={row} className={classes.ghost} />
          ))}
        </div>
      ))}
    </div>
  );
}
