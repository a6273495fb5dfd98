import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import classes from "./queues.module.css";
import { messagesOf, useLetterGroups, useWaitingGroups } from "./useQueues";

const PLACES = { jobs: "/jobs", undelivered: "/jobs/undelivered", waiting: "/jobs/waiting" };
export type QueueTab = keyof typeof PLACES;

/** Jobs, and what they could not do yet: messages that wait for a decision or for a moment. */
export function QueueTabs({ current }: { current: QueueTab }): ReactNode {
  const go = useGo();
  const undelivered = messagesOf(useLetterGroups().rows);
  const waiting = messagesOf(useWaitingGroups().rows);
  const count = (messages: number | undefined) =>
    messages ? <span className={classes.count}>{number(messages)}</span> : undefined;
  return (
    <Tabs
      className={classes.tabs}
      value={current}
      onChange={(next) => go(PLACES[next as QueueTab])}
    >
      <Tabs.List>
        <Tabs.Tab value="jobs">{t("Jobs")}</Tabs.Tab>
        <Tabs.Tab value="undelivered" rightSection={count(undelivered)}>
          {t("Undelivered")}
        </Tabs.Tab>
        <Tabs.Tab value="waiting" rightSection={count(waiting)}>
          {t("Waiting messages")}
        </Tabs.Tab>
      </Tabs.List>
    </Tabs>
  );
}
