import { Droppable } from "@hello-pangea/dnd";
import { IconChevronDown } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { number } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import classes from "./board.module.css";
import { CardTile } from "./CardTile";
import { columnId, columnName } from "./moves";
import { type Card, type CardStatus, COLUMNS, type Here, type Queue } from "./types";
import { queueLabel, targetText } from "./words";

interface LaneProps {
  lane: Queue;
  cards: Card[];
  done: Card[];
  showDone: boolean;
  /** Without lanes there is one, and no heading. */
  headed: boolean;
  selected: string | null;
  people: Here[];
  me: string | undefined;
  canMove: boolean;
  onOpen: (id: string) => void;
  onShowDone: () => void;
}

export function Lane(props: LaneProps): ReactNode {
  const { lane, cards, headed } = props;
  const [open, setOpen] = useState(true);
  return (
    <section className={classes.lane} aria-label={queueLabel(lane.queue)}>
      {headed && (
        <header className={classes.laneHead}>
          <button
            type="button"
            className={classes.fold}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <IconChevronDown size={14} aria-hidden data-folded={!open || undefined} />
            <span className={classes.laneName}>{queueLabel(lane.queue)}</span>
          </button>
          <span className={classes.quiet}>{tn(lane.openCount, "{n} open", "{n} open")}</span>
          {lane.lateCount > 0 && (
            <span className={classes.late}>{tn(lane.lateCount, "{n} late", "{n} late")}</span>
          )}
          {lane.firstAnswerMinutes && (
            <span className={classes.target}>{targetText(lane.firstAnswerMinutes)}</span>
          )}
        </header>
      )}
      {open && (
        <div className={classes.columns}>
          {COLUMNS.map((status) => (
            <Column
              key={status}
              {...props}
              status={status}
              cards={cards.filter((card) => card.status === status)}
            />
          ))}
          <DoneColumn {...props} />
        </div>
      )}
    </section>
  );
}

function Column(props: LaneProps & { status: CardStatus }): ReactNode {
  const { lane, status, cards, selected, people, me, canMove, onOpen } = props;
  return (
    <Droppable droppableId={columnId(lane.queue, status)}>
      {(drop, state) => (
        <div
          ref={drop.innerRef}
          {...drop.droppableProps}
          className={classes.column}
          data-over={state.isDraggingOver || undefined}
          role="list"
          aria-label={columnName(columnId(lane.queue, status))}
        >
          {cards.map((card, index) => (
            <CardTile
              key={card.id}
              card={card}
              index={index}
              selected={card.id === selected}
              others={people.filter((one) => one.cardId === card.id && one.userId !== me)}
              canMove={canMove}
              onOpen={onOpen}
            />
          ))}
          {drop.placeholder}
          {cards.length === 0 && !state.isDraggingOver && (
            <div role="listitem" className={classes.nothing}>
              {emptyText(status)}
            </div>
          )}
        </div>
      )}
    </Droppable>
  );
}

const emptyText = (status: CardStatus): string =>
  status === "waiting"
    ? t("Nothing waiting")
    : status === "todo"
      ? t("Nothing to do")
      : t("Nobody works on one");

/** Closed cards take little room until they are wanted. */
function DoneColumn({
  lane,
  done,
  showDone,
  selected,
  people,
  me,
  canMove,
  onOpen,
  onShowDone,
}: LaneProps): ReactNode {
  return (
    <Droppable droppableId={columnId(lane.queue, "done")}>
      {(drop, state) => (
        <div
          ref={drop.innerRef}
          {...drop.droppableProps}
          className={showDone ? classes.column : classes.done}
          data-over={state.isDraggingOver || undefined}
          {...(showDone && {
            role: "list",
            "aria-label": columnName(columnId(lane.queue, "done")),
          })}
        >
          {showDone ? (
            done.map((card, index) => (
              <CardTile
                key={card.id}
                card={card}
                index={index}
                selected={card.id === selected}
                others={people.filter((one) => one.cardId === card.id && one.userId !== me)}
                canMove={canMove}
                onOpen={onOpen}
              />
            ))
          ) : (
            <button
              type="button"
              className={classes.doneButton}
              onClick={onShowDone}
              title={t("Show what is done")}
            >
              <span className={classes.doneCount}>{number(lane.doneCount)}</span>
              <span className={classes.doneWord}>{t("Done")}</span>
            </button>
          )}
          <div style={{ display: showDone ? "block" : "none" }}>{drop.placeholder}</div>
        </div>
      )}
    </Droppable>
  );
}
