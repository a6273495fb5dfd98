import type { ReactNode } from "react";
import { dayNumber, type Instant, longDay, time } from "../format";
import { t } from "../i18n";
import classes from "./timeline.module.css";

export interface TimelineItem {
  id: string;
  at: Instant;
  icon: ReactNode;
  title: ReactNode;
  text?: ReactNode;
  right?: ReactNode;
  marked?: boolean;
}

/** What happened, newest first, under the days it happened on. */
export function Timeline({ items }: { items: TimelineItem[] }): ReactNode {
  const today = dayNumber(Date.now());
  const days = Map.groupBy(items, (item) => dayNumber(item.at));
  return [...days].map(([day, list]) => (
    <section key={day} className={classes.day}>
      <h2 className={classes.dayTitle}>{day === today ? t("Today") : longDay(list[0]?.at ?? 0)}</h2>
      <ol className={classes.items}>
        {list.map((item) => (
          <li key={item.id} className={classes.item} data-marked={item.marked || undefined}>
            <time className={classes.time}>{time(item.at)}</time>
            <span className={classes.icon}>{item.icon}</span>
            <div className={classes.words}>
              <div className={classes.title}>{item.title}</div>
              {item.text && <div className={classes.text}>{item.text}</div>}
            </div>
            {item.right && <div>{item.right}</div>}
          </li>
        ))}
      </ol>
    </section>
  ));
}
