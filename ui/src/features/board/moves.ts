/** What screen readers hear while a card is moved by keyboard, and where a drop leads. */
import type { DragStart, DragUpdate, DropResult, ResponderProvided } from "@hello-pangea/dnd";
import { t } from "../../shared/i18n";
import type { CardStatus } from "./types";
import { columnLabel, queueLabel } from "./words";

/** Columns are known by lane and state; the lane is "" where rows are not parted by queue. */
export const columnId = (queue: string, status: CardStatus): string => `${queue}|${status}`;

export function columnOf(id: string): { queue: string; status: CardStatus } {
  const [queue = "", status] = id.split("|") as [string, CardStatus];
  return { queue, status };
}

export function columnName(id: string): string {
  const { queue, status } = columnOf(id);
  return queue ? `${queueLabel(queue)}, ${columnLabel(status)}` : columnLabel(status);
}

/** Read with every card, before anybody lifts one. */
export const howToMove = (): string =>
  t(
    "Enter opens the card. Space lifts it, the arrow keys move it, Space drops it and Escape puts it back.",
  );

/** Tells each step of a move. */
export function announcer(nameOf: (cardId: string) => string) {
  const place = (id: string, index: number) =>
    t("{column}, place {n}", { column: columnName(id), n: index + 1 });
  return {
    lifted: ({ draggableId, source }: DragStart, { announce }: ResponderProvided) =>
      announce(
        t("{name} lifted. {place}.", {
          name: nameOf(draggableId),
          place: place(source.droppableId, source.index),
        }),
      ),
    moved: ({ destination }: DragUpdate, { announce }: ResponderProvided) =>
      announce(
        destination ? place(destination.droppableId, destination.index) : t("Not over a column"),
      ),
    dropped: (result: DropResult, { announce }: ResponderProvided) => {
      const { draggableId, destination, source, reason } = result;
      const name = nameOf(draggableId);
      announce(
        reason === "CANCEL" || !destination
          ? t("{name} put back. {place}.", {
              name,
              place: place(source.droppableId, source.index),
            })
          : t("{name} dropped. {place}.", {
              name,
              place: place(destination.droppableId, destination.index),
            }),
      );
    },
  };
}
