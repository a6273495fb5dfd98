import { Draggable } from "@hello-pangea/dnd";
import type { ReactNode } from "react";
import { day } from "../../shared/format";
import { t } from "../../shared/i18n";
import { Channels, Deadline, Disposition, Person } from "../../shared/ui";
import classes from "./board.module.css";
import type { Card, Here } from "./types";

interface TileProps {
  card: Card;
  index: number;
  selected: boolean;
  /** Others who have this card open. */
  others: Here[];
  canMove: boolean;
  onOpen: (id: string) => void;
}

/** A card on the board. Space lifts it, arrows move it, Space drops it; Enter opens it. */
export function CardTile({ card, index, selected, others, canMove, onOpen }: TileProps): ReactNode {
  return (
    <Draggable draggableId={card.id} index={index} isDragDisabled={!canMove}>
      {(drag, state) => (
        <div ref={drag.innerRef} {...drag.draggableProps} role="listitem" className={classes.slot}>
          <div
            {...drag.dragHandleProps}
            role="button"
            tabIndex={0}
            className={classes.tile}
            data-selected={selected || undefined}
            data-dragging={state.isDragging || undefined}
            onClick={() => onOpen(card.id)}
            onKeyDown={(event) => {
              if (event.key === "Enter") {
                event.preventDefault();
                onOpen(card.id);
              }
            }}
          >
            <div className={classes.tileHead}>
              <span className={`${classes.tileName} ellipsis`} title={card.contactName}>
                {card.contactName}
              </span>
              {card.channel && <Channels of={[card.channel]} />}
            </div>
            <div className={`${classes.tileText} ellipsis`} title={card.title}>
              {card.summary ?? card.title}
            </div>
            <div className={classes.tileFoot}>
              <span className={classes.tileClass}>
                {card.disposition ? <Disposition of={card.disposition} /> : t("By hand")}
              </span>
              <When card={card} />
              {others.length > 0 ? (
                <span className={classes.others} title={others.map((one) => one.name).join(", ")}>
                  {others.slice(0, 2).map((one) => (
                    <Person key={one.userId} name={one.name} size={18} only="avatar" />
                  ))}
                </span>
              ) : card.assigneeName ? (
                <Person name={card.assigneeName} size={20} only="avatar" />
              ) : (
                <span className={classes.nobody} title={t("Nobody has it yet")} />
              )}
            </div>
          </div>
        </div>
      )}
    </Draggable>
  );
}

function When({ card }: { card: Card }): ReactNode {
  if (card.snoozedUntil) {
    return (
      <span className={classes.quiet}>{t("Until {day}", { day: day(card.snoozedUntil) })}</span>
    );
  }
  if (card.dueAt) return <Deadline at={card.dueAt} nearMs={30 * 60_000} />;
  return null;
}
