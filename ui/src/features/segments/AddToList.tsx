import { Button, Modal, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { post, useSend } from "../../shared/api";
import { t, tn } from "../../shared/i18n";
import { Callout, DialogActions, InlineError } from "../../shared/ui";
import classes from "./segments.module.css";
import type { ListOutcome } from "./types";

interface AddToListProps {
  segmentId: string;
  opened: boolean;
  onClose: () => void;
}

/** Puts pasted people on a list and says who was not found. */
export function AddToList({ segmentId, opened, onClose }: AddToListProps): ReactNode {
  const [text, setText] = useState("");
  const add = useSend(() => post<ListOutcome>(`/segments/${segmentId}/members`, { text }), {
    stale: ["segments"],
    onSuccess: (outcome) => setText(outcome.notFound.join("\n")),
  });
  const outcome = add.data;
  const close = () => {
    add.reset();
    setText("");
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={t("Put people on the list")} size="lg">
      <Textarea
        label={t("External IDs, email addresses or phone numbers")}
        description={t(
          "One a line, or separated by commas. Phone numbers begin with + and the country code.",
        )}
        autosize
        minRows={8}
        maxRows={16}
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {add.error && <InlineError error={add.error} />}
      {outcome && (
        <Callout tone={outcome.notFoundCount > 0 ? "warn" : "info"}>
          {tn(outcome.changed, "{n} person put on the list.", "{n} people put on the list.")}{" "}
          {outcome.unchanged > 0 &&
            tn(outcome.unchanged, "{n} was there already.", "{n} were there already.")}{" "}
          {outcome.notFoundCount > 0 &&
            tn(
              outcome.notFoundCount,
              "{n} entry names no customer; it stays above to be mended.",
              "{n} entries name no customer; they stay above to be mended.",
            )}
        </Callout>
      )}
      <p className={classes.quiet}>
        {t("People who opted out or are not active may stand on the list, but are never sent to.")}
      </p>
      <DialogActions>
        <Button onClick={close}>{outcome ? t("Close list") : t("Keep the list as it is")}</Button>
        <Button
          variant="filled"
          loading={add.isPending}
          disabled={text.trim() === ""}
          onClick={() => add.mutate(undefined)}
        >
          {t("Put on the list")}
        </Button>
      </DialogActions>
    </Modal>
  );
}
