import { Button } from "@mantine/core";
import {
  type Icon,
  IconChecks,
  IconLayoutKanban,
  IconMailQuestion,
  IconPlugConnectedX,
  IconStack2,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { HomeNeed as Need, HomeNeedKind as NeedKind } from "../../gen";
import { dayNumber, dayTime, deadline, time } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { useNow } from "../../shared/ui";
import classes from "./home.module.css";

const icons: Record<NeedKind, Icon> = {
  card: IconLayoutKanban,
  provider: IconPlugConnectedX,
  job: IconStack2,
  doubt: IconMailQuestion,
  approval: IconChecks,
};

const actions = (): Record<NeedKind, string> => ({
  card: t("Answer"),
  provider: t("See errors"),
  job: t("Open run"),
  doubt: t("Decide"),
  approval: t("Review"),
});

/** Late, broken, due soon, then the rest; each with the one thing to do. */
export function Needs({ needs }: { needs: Need[] }): ReactNode {
  const go = useGo();
  const now = useNow();
  if (needs.length === 0) return null;
  return (
    <ul className={classes.panel} aria-label={t("What needs you")}>
      {needs.map((need) => {
        const Shape = icons[need.kind];
        return (
          <li key={`${need.kind} ${need.id}`} className={classes.need} data-urgency={need.urgency}>
            <Shape size={17} stroke={1.6} aria-hidden className={classes.needIcon} />
            <div className={classes.words}>
              <div className={`${classes.name} ellipsis`} title={titleOf(need)}>
                {titleOf(need)}
              </div>
              <div className={`${classes.text} ellipsis`} title={textOf(need)}>
                {textOf(need)}
              </div>
            </div>
            <span className={classes.place}>
              {need.people == null
                ? need.kind === "card" && need.place
                : need.kind === "doubt"
                  ? tn(need.people, "{n} message", "{n} messages")
                  : tn(need.people, "{n} person", "{n} people")}
            </span>
            <span className={classes.when}>{whenOf(need, now)}</span>
            <Button className={classes.act} onClick={() => go(need.link)}>
              {actions()[need.kind]}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

function titleOf(need: Need): string {
  if (need.kind === "provider") return t("{name} paused itself", { name: need.title });
  if (need.kind === "job") return t("{name} failed", { name: need.title });
  if (need.kind === "doubt") return t("{name}: messages in doubt", { name: need.title });
  return need.title;
}

function textOf(need: Need): string {
  if (need.kind === "card") return need.text ? `“${need.text}”` : "";
  if (need.kind === "doubt") return t("Sent or not: it cannot be told. Send again, or leave it.");
  if (need.kind !== "approval") return need.text;
  const { given, required } = need;
  const from = t("From {name}", { name: need.text });
  if (!required || required < 2) return from;
  return `${from} · ${t("{given} of {required} approvals given", { given: given ?? 0, required })}`;
}

function whenOf(need: Need, now: number): string {
  if (!need.at) return "";
  const clock = dayNumber(need.at) === dayNumber(now) ? time(need.at) : dayTime(need.at, now);
  if (need.kind === "provider") return t("since {time}", { time: clock });
  if (need.kind === "job" || need.kind === "doubt") return t("at {time}", { time: clock });
  return need.urgency === "calm" ? t("by {time}", { time: clock }) : deadline(need.at, now).text;
}
