import type { ReactNode } from "react";
import { number } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { AppLink } from "../../shared/link";
import { StatusMark } from "../../shared/ui/StatusMark";
import { useLost } from "../connection";
import { usePulse } from "../pulse";
import { ConnectionLost } from "./ConnectionLost";
import classes from "./shell.module.css";

/** What leaves the machine right now; silent when nothing runs, honest when nobody knows. */
export function SendingIndicator(): ReactNode {
  const { running, sentPerMinute } = usePulse();
  const lost = useLost();
  if (lost !== undefined) return <ConnectionLost since={lost} />;
  if (running === 0) return null;
  return (
    <AppLink className={classes.sending} href="/campaigns?status=running">
      <StatusMark status="running" label="" />
      <span>
        <span className={classes.wide}>{t("Sending")} </span>
        <b>
          {t("{n}/min", { n: typeof sentPerMinute === "number" ? number(sentPerMinute) : "–" })}
        </b>{" "}
        · {tn(running, "{n} running", "{n} running")}
      </span>
    </AppLink>
  );
}
