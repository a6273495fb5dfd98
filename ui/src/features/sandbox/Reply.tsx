import { Button, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Processed, SandboxMessage } from "../../gen";
import { post, useMay, useSend } from "../../shared/api";
import { t } from "../../shared/i18n";
import { AppLink } from "../../shared/link";
import { Callout, InlineError } from "../../shared/ui";
import classes from "./inbox.module.css";

const words: Record<string, () => string> = {
  INTERESTED: () => t("Interested"),
  NEEDS_MORE_INFO: () => t("Needs more information"),
  NOT_INTERESTED: () => t("Not interested"),
  OUT_OF_OFFICE: () => t("Out of office"),
  NO_ACTIVE_PROFILE: () => t("No active profile"),
  ESCALATE_UNCLEAR: () => t("Unclear, for a person to look at"),
  UNSUBSCRIBE: () => t("Unsubscribes"),
  BOUNCE: () => t("Bounce"),
};

/** Answers as the person who got the message: the answer is classified and routed like every reply. */
export function Reply({ message }: { message: SandboxMessage }): ReactNode {
  const may = useMay()("workBoard");
  const [body, setBody] = useState("");
  const reply = useSend(
    (text: string) => post<Processed>(`/sandbox/messages/${message.id}/reply`, { body: text }),
    {
      stale: ["cards", "responses", "campaigns", "customers"],
      onSuccess: () => setBody(""),
    },
  );
  if (!may) return null;
  const done = reply.data;
  return (
    <form
      className={classes.reply}
      onSubmit={(event) => {
        event.preventDefault();
        if (body.trim()) reply.mutate(body);
      }}
    >
      {reply.error && <InlineError error={reply.error} />}
      {done && (
        <Callout
          tone="good"
          role="status"
          action={
            done.cardId && <AppLink href={`/board?card=${done.cardId}`}>{t("Open card")}</AppLink>
          }
        >
          {t("Read as “{class}”.", { class: words[done.disposition]?.() ?? done.disposition })}{" "}
          {done.summary}
        </Callout>
      )}
      <div className={classes.replyRow}>
        <Textarea
          aria-label={t("Reply as {person}", { person: message.to })}
          placeholder={t("Reply as {person}", { person: message.to })}
          autosize
          minRows={1}
          maxRows={5}
          value={body}
          onChange={(event) => setBody(event.currentTarget.value)}
        />
        <Button type="submit" disabled={!body.trim()} loading={reply.isPending}>
          {t("Send reply")}
        </Button>
      </div>
    </form>
  );
}
