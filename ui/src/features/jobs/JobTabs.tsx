import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useMay } from "../../shared/api";
import { number } from "../../shared/format";
import { t } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import classes from "./jobs.module.css";
import { useUnseen } from "./model/useUnseen";
import { messagesOf, useLetterGroups, useWaitingGroups } from "./queues/useQueues";

const PLACES = {
  jobs: "/jobs",
  runs: "/jobs/runs",
  timeline: "/jobs/timeline",
  graph: "/jobs/graph",
  alerts: "/jobs/alerts",
  undelivered: "/jobs/undelivered",
  waiting: "/jobs/waiting",
  scripts: "/jobs/scripts",
};
export type JobTab = keyof typeof PLACES;

/** Jobs and all that belongs to them: their runs, what needs somebody, and messages that wait. */
export function JobTabs({ current }: { current: JobTab }): ReactNode {
  const go = useGo();
  const may = useMay();
  const undelivered = messagesOf(useLetterGroups().rows);
  const waiting = messagesOf(useWaitingGroups().rows);
  const unseen = useUnseen();
  const count = (things: number | undefined, tone?: "bad") =>
    things ? (
      <span className={classes.count} data-tone={tone}>
        {number(things)}
      </span>
    ) : undefined;
  return (
    <Tabs className={classes.tabs} value={current} onChange={(next) => go(PLACES[next as JobTab])}>
      <Tabs.List>
        <Tabs.Tab value="jobs">{t("Jobs")}</Tabs.Tab>
        <Tabs.Tab value="runs">{t("Runs")}</Tabs.Tab>
        <Tabs.Tab value="timeline">{t("Timeline")}</Tabs.Tab>
        <Tabs.Tab value="graph">{t("Dependencies")}</Tabs.Tab>
        <Tabs.Tab value="alerts" rightSection={count(unseen, "bad")}>
          {t("Alerts")}
        </Tabs.Tab>
        <Tabs.Tab value="undelivered" rightSection={count(undelivered)}>
          {t("Undelivered")}
        </Tabs.Tab>
        <Tabs.Tab value="waiting" rightSection={count(waiting)}>
          {t("Waiting messages")}
        </Tabs.Tab>
        {may("writeScripts") && <Tabs.Tab value="scripts">{t("Scripts & secrets")}</Tabs.Tab>}
      </Tabs.List>
    </Tabs>
  );
}
