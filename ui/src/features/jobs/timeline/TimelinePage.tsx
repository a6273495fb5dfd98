import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useGet } from "../../../shared/api";
import { dayNumber, dayStart, longDay } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { Toolbar } from "../../../shared/table";
import { Callout, EmptyState, InlineError, Page, PageHeader, useNow } from "../../../shared/ui";
import { JobTabs } from "../JobTabs";
import type { TimelineData } from "../model/types";
import { ofMuster } from "../model/words";
import { Lanes } from "./Lanes";
import { lanes } from "./lanes";
import classes from "./timeline.module.css";

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Of the names at the left, and the edge. */
const NAMES_PX = 260;
/** Marks nearer than this many pixels are one. */
const NEAR_PX = 9;

/** All runs of a day or a week on one axis, and what is to come. */
export function TimelinePage(): ReactNode {
  const now = useNow(15_000);
  const [length, setLength] = useState<"day" | "week">("day");
  /** Days from today to the first day that is shown. */
  const [offset, setOffset] = useState(0);
  const [search, setSearch] = useState("");
  const { ref, width } = useElementSize();
  const days = length === "day" ? 1 : 7;
  // Noon of the day, so that a day of 23 or 25 hours is still that day.
  const noon = dayStart(now) + (offset * 24 + 12) * HOUR;
  const first = dayStart(noon - (days === 7 ? sinceMonday(noon) : 0) * 24 * HOUR);
  const end = dayStart(first + days * 24 * HOUR + 12 * HOUR);
  const span = { from: first, to: end };
  const near = NEAR_PX / Math.max(200, width - NAMES_PX);
  const query = useGet<TimelineData>(
    "/jobs/timeline",
    {
      from: new Date(first).toISOString(),
      to: new Date(end).toISOString(),
      // What cannot be told apart here need not come one by one. Whole minutes: a window that grows asks no new question.
      nearMs: Math.max(1, Math.floor((near * (end - first)) / MINUTE / 2)) * MINUTE,
    },
    { refetchMs: 60_000, enabled: width > 0 },
  );
  const found = query.data
    ? lanes(query.data.runs, query.data.upcoming, span, now, near).filter((lane) =>
        `${ofMuster(lane.jobName)} ${lane.jobCode}`
          .toLowerCase()
          .includes(search.trim().toLowerCase()),
      )
    : [];
  const title = length === "day" ? longDay(first) : `${longDay(first)} – ${longDay(end - HOUR)}`;
  return (
    <Page
      title={t("Timeline")}
      parents={[{ label: t("Jobs"), href: "/jobs" }]}
      fill
      head={
        <>
          <PageHeader
            title={t("Timeline")}
            text={t("When jobs ran, one above the other, and when they run next.")}
          />
          <JobTabs current="timeline" />
          <Toolbar
            search={search}
            onSearch={setSearch}
            placeholder={t("Name or code of a job")}
            right={
              <>
                <span className={classes.day} aria-live="polite">
                  {title}
                </span>
                <ActionIcon aria-label={t("Earlier")} onClick={() => setOffset(offset - days)}>
                  <IconChevronLeft size={16} stroke={1.6} />
                </ActionIcon>
                <ActionIcon aria-label={t("Later")} onClick={() => setOffset(offset + days)}>
                  <IconChevronRight size={16} stroke={1.6} />
                </ActionIcon>
                <Button size="xs" disabled={offset === 0} onClick={() => setOffset(0)}>
                  {t("Today")}
                </Button>
                <SegmentedControl
                  size="xs"
                  aria-label={t("How long")}
                  value={length}
                  onChange={(value) => setLength(value as "day" | "week")}
                  data={[
                    { value: "day", label: t("Day") },
                    { value: "week", label: t("Week") },
                  ]}
                />
              </>
            }
          />
        </>
      }
    >
      <div ref={ref} className={classes.body}>
        {query.error && (
          <div className={classes.state}>
            <InlineError error={query.error} onRetry={() => void query.refetch()} />
          </div>
        )}
        {query.data?.isMore && (
          <div className={classes.state}>
            <Callout tone="info">
              {t(
                "There were more runs than fit here; the newest are shown. The list of runs has all of them.",
              )}
            </Callout>
          </div>
        )}
        {query.data?.isMoreUpcoming && (
          <div className={classes.state}>
            <Callout tone="info">
              {t("Of jobs that run often, only the next moments are shown.")}
            </Callout>
          </div>
        )}
        {query.data && found.length === 0 && (
          <EmptyState
            title={
              search
                ? t("No job matches “{search}”", { search })
                : t("Nothing ran and nothing is planned")
            }
            text={search ? undefined : title}
          />
        )}
        {found.length > 0 && (
          <Lanes lanes={found} span={span} now={now} isWeek={length === "week"} />
        )}
      </div>
    </Page>
  );
}

/** Days since the Monday of the week. 1970 began on a Thursday. */
const sinceMonday = (at: number): number => (dayNumber(at) + 3) % 7;
