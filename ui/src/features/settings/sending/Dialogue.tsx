import { Fragment, type ReactNode } from "react";
import type { DialogueLine } from "../../../gen";
import { t } from "../../../shared/i18n";
import classes from "./sending.module.css";

/** What Muster and a server said to each other: the first thing that a provider's support asks for. */
export function Dialogue({ lines, open }: { lines: DialogueLine[]; open: boolean }): ReactNode {
  const names: Record<string, string> = { muster: "Muster", server: t("Server"), event: "" };
  if (lines.length === 0) return null;
  return (
    <details className={classes.told} open={open}>
      <summary>{t("What was said with the server")}</summary>
      <dl className={classes.dialogue}>
        {lines.map((line, place) => (
          <Fragment key={place}>
            <dt>{line.by === lines[place - 1]?.by ? "" : names[line.by]}</dt>
            <dd data-by={line.by}>{line.text}</dd>
          </Fragment>
        ))}
      </dl>
    </details>
  );
}
