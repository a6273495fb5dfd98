import type { ReactNode } from "react";
import type { RunEventView } from "../../../gen";
import { useGet } from "../../../shared/api";
import { day, dayNumber, fullTime, timeSeconds } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import { InlineError, RailSection, useFew } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import { eventWord } from "../words";
import styles from "./LiveEvents.module.css";

const NEWEST = 60;
const FIRST = 18;

/** What people do with the messages, newest first, while one looks. */
export function LiveEvents({ campaignId }: { campaignId: string }): ReactNode {
  const { data, error, refetch } = useGet<RunEventView[]>(`/campaigns/${campaignId}/events`, {
    limit: NEWEST,
  });
  const today = dayNumber(Date.now());
  const { shown, more } = useFew(data ?? [], FIRST);
  return (
    <RailSection title={t("Events")}>
      {error && !data && <InlineError error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 && (
        <p className={classes.note}>
          {t("Nobody has opened, clicked or answered yet. What people do shows here at once.")}
        </p>
      )}
      <ol className={styles.feed}>
        {shown.map((event) => (
          <li key={event.id} data-kind={event.kind} data-bot={event.isBot || undefined}>
            <time dateTime={event.at} title={fullTime(event.at)}>
              {dayNumber(event.at) === today ? timeSeconds(event.at) : day(event.at)}
            </time>
            <b>
              {event.isBot
                ? t("{what}, by a machine", { what: eventWord(event.kind) })
                : eventWord(event.kind)}
            </b>
            <AppLink href={`/customers/${event.customerId}`} className="ellipsis">
              {event.name || t("Somebody without a name")}
            </AppLink>
            {event.url && (
              <span className="ellipsis" title={event.url}>
                {event.url.replace(/^https?:\/\//, "")}
              </span>
            )}
          </li>
        ))}
      </ol>
      {more}
    </RailSection>
  );
}
