import type { ReactNode } from "react";
import type { Home as HomeData } from "../../gen";
import { useGet } from "../../shared/api";
import { dayStart, longDay } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { InlineError, Page, useLate, useNow } from "../../shared/ui";
import { Figures } from "./Figures";
import classes from "./home.module.css";
import { Needs } from "./Needs";
import { Running } from "./Running";
import { StartHere } from "./StartHere";
import { Week } from "./Week";

/** What needs me, what runs, what comes, how it went. */
export function Home(): ReactNode {
  const now = useNow();
  const today = dayStart(now);
  const query = useGet<HomeData>("/home", { today: new Date(today).toISOString() });
  const home = query.data;
  return (
    <Page title={t("Home")} rail={home && <Figures home={home} />}>
      <header className={classes.head}>
        <h1 className={classes.title}>{longDay(now)}</h1>
        {home && <p className={classes.lead}>{summary(home)}</p>}
      </header>
      {query.error && (
        <InlineError
          error={query.error}
          meaning={t("Sending is not affected.")}
          onRetry={() => query.refetch()}
        />
      )}
      {!home && !query.error && <Skeleton />}
      {home && isNew(home) && <StartHere />}
      {home && !isNew(home) && (
        <>
          <Needs needs={home.needs} />
          <Running running={home.running} limit={home.runningLimit} />
          <Week coming={home.coming} from={today} />
        </>
      )}
    </Page>
  );
}

const isNew = (home: HomeData) =>
  home.needs.length + home.running.length + home.coming.length === 0 && home.figures.sent === 0;

/** "6 things need you, 1 is late and 2 are due soon". */
function summary({ needs }: HomeData): string {
  if (needs.length === 0) return t("Nothing needs you now.");
  const late = needs.filter((need) => need.urgency === "late").length;
  const near = needs.filter((need) => need.urgency === "near").length;
  const parts = [
    late > 0 ? tn(late, "{n} is late", "{n} are late") : "",
    near > 0 ? tn(near, "{n} is due soon", "{n} are due soon") : "",
  ].filter(Boolean);
  const all = tn(needs.length, "{n} thing needs you", "{n} things need you");
  return parts.length > 0 ? `${all}, ${parts.join(t(" and "))}` : all;
}

function Skeleton(): ReactNode {
  const late = useLate(150);
  return (
    <div className={classes.panel} role="status" aria-label={t("Loading")}>
      {[1, 2, 3, 4].map((row) => (
        <div key={row} className={classes.skeleton}>
          {late && <i style={{ width: `${70 - row * 8}%` }} />}
        </div>
      ))}
    </div>
  );
}
