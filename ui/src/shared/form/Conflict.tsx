import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { sayError } from "../feedback";
import { t } from "../i18n";
import { Callout } from "../ui";

interface ConflictProps {
  /** What happened, in words about the thing. */
  text: string;
  /** Names of what differs. */
  parts: string[];
  conflict: { takeTheirs: () => Promise<unknown>; saveOver: () => Promise<unknown> };
}

/** Somebody saved it meanwhile (see `useVersioned`): where the two differ, and two ways out. */
export function Conflict({ text, parts, conflict }: ConflictProps): ReactNode {
  const [busy, setBusy] = useState(false);
  const act = async (way: () => Promise<unknown>) => {
    setBusy(true);
    await way().catch(sayError);
    setBusy(false);
  };
  return (
    <Callout
      tone="warn"
      role="alert"
      action={
        <span style={{ display: "inline-flex", flexWrap: "wrap", gap: 8 }}>
          <Button loading={busy} onClick={() => void act(conflict.takeTheirs)}>
            {t("Take theirs, lose mine")}
          </Button>
          <Button loading={busy} onClick={() => void act(conflict.saveOver)}>
            {t("Save mine over theirs")}
          </Button>
        </span>
      }
    >
      {text}
      {parts.length > 0 && <> {t("The two differ in: {parts}.", { parts: parts.join(", ") })}</>}
    </Callout>
  );
}
