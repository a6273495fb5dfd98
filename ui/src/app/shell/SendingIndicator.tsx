import type { ReactNode } from "react";
import { number } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { AppLink } from "../../shared/link";
import { StatusMark } from "../../shared/ui/StatusMark";
import { usePulse } from "../pulse";
import classes from "./shell.module.css";

/** What leaves the machine right now; silent when nothing runs. */
export function SendingIndicator(): ReactNode {
  const { running, sentPerMinute } = usePulse();
  if (running === 0) return null;
  return (
    <AppLink className={classes.sending} href="/campaigns?status=running">
      <StatusMark status="running" label="" />
      <span>
        <span className={classes.wide}>{t("Sending")} </span>
        <b>{t("{n}/min", { n: number(sentPerMinute) })}</b> ·{" "}
        {tn(running, "{n} running", "{n} running")}
      </span>
    </AppLink>
  );
}
