import type { ReactNode } from "react";
import { dayTime } from "../../shared/format";
import { t } from "../../shared/i18n";
import { StatusMark } from "../../shared/ui/StatusMark";
import classes from "./shell.module.css";

/** Says that what is shown may be old. It goes by itself when the server answers again. */
export function ConnectionLost({ since }: { since: number }): ReactNode {
  return (
    <div
      className={classes.sending}
      role="status"
      title={t("What you see may be old. Muster tries again by itself.")}
    >
      <StatusMark status="warning" label="" />
      <span>{t("No answer since {time}", { time: dayTime(since) })}</span>
    </div>
  );
}
