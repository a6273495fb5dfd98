import { Button } from "@mantine/core";
import { modals } from "@mantine/modals";
import { notifications } from "@mantine/notifications";
import { toApiError } from "../api/error";
import { t } from "../i18n";
import { ConfirmBody } from "./ConfirmBody";

const UNDO_MS = 10_000;
let undoCount = 0;

/** A short word that something is done: "Draft saved". */
export function say(message: string): void {
  notifications.show({ message, withCloseButton: false, autoClose: 4_000 });
}

/** A failure that has no place of its own on the screen. Prefer `InlineError` where it happened. */
export function sayError(cause: unknown): void {
  const { message } = toApiError(cause);
  notifications.show({ message, color: "red", autoClose: 10_000 });
}

/** "3 campaigns archived · Undo", for 10 s: instead of asking "are you sure". */
export function sayUndo(message: string, undo: () => unknown): void {
  const id = `undo-${++undoCount}`;
  const back = async () => {
    notifications.hide(id);
    try {
      await undo();
    } catch (cause) {
      sayError(cause);
    }
  };
  notifications.show({
    id,
    autoClose: UNDO_MS,
    withCloseButton: true,
    message: (
      <span style={{ display: "flex", alignItems: "center", gap: 12 }}>
        <span style={{ flex: 1 }}>{message}</span>
        <Button size="xs" onClick={back}>
          {t("Undo")}
        </Button>
      </span>
    ),
  });
}

export interface Confirmation {
  title: string;
  /** What will happen, with the number of people or messages. */
  text: string;
  /** Verb and object with the count: "Cancel 16,808 messages". */
  action: string;
  /** How to leave things as they are; usual word "Keep as it is". */
  keep?: string;
  /** Outlined red instead of the primary look. */
  danger?: boolean;
  /** The dialog stays open, with the error in it, when this fails. */
  run: () => Promise<unknown>;
}

/** Only for what sends, stops or erases; everything else has `sayUndo`. */
export function confirmAction(confirmation: Confirmation): void {
  const id = modals.open({
    title: confirmation.title,
    children: <ConfirmBody {...confirmation} onClose={() => modals.close(id)} />,
  });
}
