import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import type { Notification } from "../../gen";
import { post, useGet } from "../../shared/api";
import { t } from "../../shared/i18n";
import { AppLink } from "../../shared/link";
import { EmptyState, InlineError, RelativeTime, SectionTitle } from "../../shared/ui";
import classes from "./notifications.module.css";

/** The newest fifty. What was unread when it opened stays marked while one looks. */
export function NotificationList({ onClose }: { onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const { data, error, refetch } = useGet<Notification[]>("/notifications");
  const newest = data?.find((one) => !one.isRead)?.id;
  useEffect(() => {
    if (newest === undefined) return;
    const mark = async () => {
      await post("/notifications/read", { upTo: newest });
      await client.invalidateQueries({ queryKey: ["pulse"] });
    };
    // Not marked is not lost: the dot stays and the next opening tries again.
    mark().catch(() => {});
  }, [newest, client]);
  return (
    <section className={classes.list} aria-label={t("Notifications")}>
      <div className={classes.head}>
        <SectionTitle title={t("Notifications")} />
      </div>
      {error && <InlineError error={error} onRetry={() => refetch()} />}
      {data?.length === 0 && (
        <EmptyState
          title={t("Nothing new")}
          text={t("Approvals, finished campaigns, failed jobs and your cards are told here.")}
        />
      )}
      {data?.map((one) => (
        <Entry key={one.id} entry={one} onClose={onClose} />
      ))}
    </section>
  );
}

function Entry({ entry, onClose }: { entry: Notification; onClose: () => void }): ReactNode {
  const content = (
    <>
      <span className={classes.dot} data-unread={!entry.isRead || undefined} />
      <span className={classes.words}>
        <span className={classes.title}>{entry.title}</span>
        {entry.body && <span className={classes.body}>{entry.body}</span>}
      </span>
      <span className={classes.when}>
        <RelativeTime at={entry.at} />
      </span>
    </>
  );
  if (!entry.link) return <div className={classes.entry}>{content}</div>;
  return (
    <AppLink className={classes.entry} href={entry.link} onClick={onClose}>
      {content}
    </AppLink>
  );
}
