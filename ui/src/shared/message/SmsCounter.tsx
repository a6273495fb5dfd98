import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { number } from "../format";
import { t, tn } from "../i18n";
import { Callout } from "../ui";
import classes from "./message.module.css";
import type { SmsCount } from "./types";

interface SmsCounterProps {
  count: SmsCount;
  sender: string;
  /** Replaces characters of the text everywhere. */
  onReplace?: (pairs: [from: string, to: string][]) => void;
}

/** Parts as bars, characters, alphabet; and what made the text Unicode, with the way back. */
export function SmsCounter({ count, sender, onReplace }: SmsCounterProps): ReactNode {
  const size = count.parts * count.unitsPerPart || count.unitsPerPart;
  const bars = Math.max(1, Math.min(count.parts, 10));
  const parts = tn(count.parts, "{n} part", "{n} parts");
  const alphabet = count.encoding === "GSM-7" ? t("GSM alphabet") : t("Unicode");
  const mendable = count.foreign.filter((one) => one.replacement !== null);
  const foreign = mendable[0] ?? count.foreign[0];
  return (
    <>
      <div className={classes.counter} role="status">
        <span className={classes.bars} aria-hidden>
          {Array.from({ length: bars }, (_, place) => {
            const units = Math.min(count.unitsPerPart, count.units - place * count.unitsPerPart);
            const filled = Math.max(0, units / count.unitsPerPart) * 100;
            return (
              <span key={place} className={classes.bar}>
                <span
                  className={classes.barFill}
                  data-extra={place > 0 || undefined}
                  style={{ width: `${filled}%` }}
                />
              </span>
            );
          })}
        </span>
        <span>
          <b>{parts}</b>
          {" · "}
          {t("{used} of {size}", { used: number(count.units), size: number(size) })}
          {" · "}
          {alphabet}
        </span>
        <span className={classes.total} title={t("Sender id, colon and text together")}>
          {sender
            ? tn(count.totalChars, "{n} character with sender", "{n} characters with sender")
            : tn(count.totalChars, "{n} character", "{n} characters")}
        </span>
      </div>
      {foreign && (
        <Callout
          tone="warn"
          action={
            foreign.replacement !== null &&
            onReplace && (
              <Button
                onClick={() =>
                  onReplace(mendable.map((one) => [one.character, one.replacement ?? ""]))
                }
              >
                {foreign.character === "…" && mendable.length === 1
                  ? t("Use three dots")
                  : t("Use plain characters")}
              </Button>
            )
          }
        >
          {t(
            "The character {character} makes the text Unicode: 70 characters in one part, 67 in each of several, instead of 160 and 153.",
            {
              character: foreign.character,
            },
          )}
        </Callout>
      )}
    </>
  );
}
