import type { ReactNode } from "react";
import type { HomeComing as Coming } from "../../gen";
import { compact, dayNumber, time, weekday } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { AppLink } from "../../shared/link";
import { SectionTitle } from "../../shared/ui";
import classes from "./home.module.css";

const DAY_MS = 86_400_000;
/** The calendar shows the others. */
const PER_DAY = 4;

interface WeekProps {
  coming: Coming[];
  /** When today began. */
  from: number;
}

/** The next seven days as columns; what is not approved is dashed amber. */
export function Week({ coming, from }: WeekProps): ReactNode {
  // Noon of each day: never on the wrong side of a clock change.
  const days = Array.from({ length: 7 }, (_, place) => from + place * DAY_MS + DAY_MS / 2);
  return (
    <section className={classes.section}>
      <SectionTitle
        line
        title={t("Next seven days")}
        aside={<AppLink href="/campaigns?view=calendar">{t("Open calendar")}</AppLink>}
      />
      <div className={classes.week}>
        {days.map((day, place) => {
          const { name, date } = weekday(day);
          const items = coming.filter((item) => dayNumber(item.at) === dayNumber(day));
          return (
            <div key={day} className={classes.day}>
              <div className={classes.dayHead}>
                {name} <b className={place === 0 ? classes.today : undefined}>{date}</b>
              </div>
              {(items.length > PER_DAY ? items.slice(0, PER_DAY - 1) : items).map((item) => (
                <WeekItem key={item.id} item={item} />
              ))}
              {items.length > PER_DAY && (
                <AppLink href="/campaigns?view=calendar" className={classes.itemMore}>
                  {tn(items.length - PER_DAY + 1, "{n} more", "{n} more")}
                </AppLink>
              )}
            </div>
          );
        })}
      </div>
    </section>
  );
}

function WeekItem({ item }: { item: Coming }): ReactNode {
  const alive = item.status === "running" || item.status === "paused";
  const approved = item.approvalStatus === "approved" || alive;
  const size = item.size == null ? "" : ` · ${compact(item.size)}`;
  return (
    <AppLink
      href={`/campaigns/${item.id}`}
      className={classes.item}
      data-state={alive ? "now" : approved ? "coming" : "open"}
    >
      <span className={classes.itemName}>{item.name}</span>
      <span className={classes.itemText}>
        {alive ? <b>{t("now")}</b> : time(item.at)}
        {size}
      </span>
      {!approved && <span className={classes.itemOpen}>{t("not approved")}</span>}
    </AppLink>
  );
}
