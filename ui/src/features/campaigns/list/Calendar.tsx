import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useEffect } from "react";
import { compact, dayNumber, longDay, monthName, time, weekday } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { AppLink, useGo } from "../../../shared/link";
import { Callout, InlineError, useNow } from "../../../shared/ui";
import type { Campaign } from "../types";
import { statusShape } from "../words";
import classes from "./calendar.module.css";
import { hrefOf } from "./columns";
import { daysOf, isOf, monthKey, monthOf, noonOf, weeksOf } from "./month";

/** A month of more campaigns than this is no picture any more. */
const MOST = 2_000;
/** Campaigns named in one day; the others are behind "2 more". */
const PER_DAY = 3;

interface CalendarProps {
  list: {
    rows: Campaign[] | undefined;
    total: number | undefined;
    table: {
      error: unknown;
      onRetry: () => void;
      hasMore: boolean;
      loadingMore: boolean;
      onLoadMore: () => void;
    };
  };
  /** "2026-11"; this month when left out. */
  month: string | undefined;
}

/** A month of campaigns: what was sent, what is sent now, what is going to start. */
export function Calendar({ list, month: wanted }: CalendarProps): ReactNode {
  const now = useNow(60_000);
  const go = useGo();
  const month = monthOf(wanted, now);
  const rows = list.rows ?? [];
  const { hasMore, loadingMore, onLoadMore, error } = list.table;
  useEffect(() => {
    if (hasMore && !loadingMore && !error && rows.length < MOST) onLoadMore();
  }, [hasMore, loadingMore, error, rows.length, onLoadMore]);
  const placed = rows.flatMap((campaign) => {
    const days = daysOf(campaign, now);
    return days ? [{ campaign, ...days }] : [];
  });
  const weeks = weeksOf(month);
  const show = (key: string) => go(`/campaigns?view=calendar&month=${key}`);
  return (
    <section className={classes.calendar} aria-label={t("Calendar")} aria-busy={!list.rows}>
      <header className={classes.head}>
        <h2 className={classes.month} aria-live="polite">
          {monthName(noonOf(weeks[1]?.[0] ?? 0))}
        </h2>
        <ActionIcon aria-label={t("Previous month")} onClick={() => show(monthKey(month, -1))}>
          <IconChevronLeft size={16} stroke={1.6} />
        </ActionIcon>
        <ActionIcon aria-label={t("Next month")} onClick={() => show(monthKey(month, 1))}>
          <IconChevronRight size={16} stroke={1.6} />
        </ActionIcon>
        <Button size="xs" onClick={() => go("/campaigns?view=calendar")}>
          {t("This month")}
        </Button>
      </header>
      {Boolean(error) && <InlineError error={error} onRetry={list.table.onRetry} />}
      {hasMore && rows.length >= MOST && (
        <Callout tone="info">
          {t("Only the newest {n} campaigns are shown. Use a filter to see the others.", {
            n: compact(MOST),
          })}
        </Callout>
      )}
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              {weeks[0]?.map((day) => (
                <th key={day} scope="col">
                  {weekday(noonOf(day)).name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.map((week) => (
              <tr key={week[0]}>
                {week.map((day) => (
                  <Day
                    key={day}
                    day={day}
                    today={day === dayNumber(now)}
                    outside={!isOf(month, day)}
                    campaigns={placed
                      .filter((one) => one.from <= day && day <= one.to)
                      .map((one) => ({ campaign: one.campaign, goesOn: one.from < day }))}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface Entry {
  campaign: Campaign;
  /** It began on an earlier day. */
  goesOn: boolean;
}

interface DayProps {
  day: number;
  today: boolean;
  outside: boolean;
  campaigns: Entry[];
}

function Day({ day, today, outside, campaigns }: DayProps): ReactNode {
  const go = useGo();
  const sorted = [...campaigns].sort((a, b) => beginOf(a) - beginOf(b));
  const shown = sorted.length > PER_DAY ? sorted.slice(0, PER_DAY - 1) : sorted;
  const rest = sorted.slice(shown.length);
  return (
    <td className={classes.day} data-outside={outside || undefined}>
      <div className={classes.date} data-today={today || undefined} title={longDay(noonOf(day))}>
        {weekday(noonOf(day)).date}
      </div>
      <ul className={classes.entries}>
        {shown.map((entry) => (
          <li key={entry.campaign.id}>
            <One entry={entry} />
          </li>
        ))}
        {rest.length > 0 && (
          <li>
            <Menu position="bottom-start" width={280}>
              <Menu.Target>
                <button type="button" className={classes.more}>
                  {tn(rest.length, "{n} more", "{n} more")}
                </button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>{longDay(noonOf(day))}</Menu.Label>
                {rest.map(({ campaign }) => (
                  <Menu.Item key={campaign.id} onClick={() => go(hrefOf(campaign))}>
                    {campaign.name}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          </li>
        )}
      </ul>
    </td>
  );
}

const beginOf = ({ campaign }: Entry) =>
  Date.parse(campaign.startedAt ?? campaign.scheduledAt ?? campaign.createdAt);

function One({ entry }: { entry: Entry }): ReactNode {
  const { campaign, goesOn } = entry;
  const state = stateOf(campaign);
  const people = campaign.metrics.totalRecipients;
  return (
    <AppLink
      href={hrefOf(campaign)}
      className={classes.entry}
      data-state={state}
      title={campaign.name}
    >
      <span className={`${classes.name} ellipsis`}>{campaign.name}</span>
      <span className={`${classes.text} ellipsis`}>
        {goesOn ? t("goes on") : time(beginOf(entry))}
        {people > 0 && ` · ${compact(people)}`}
        {state === "open" && ` · ${t("not approved")}`}
        {state === "held" && ` · ${t("paused")}`}
        {state === "stopped" && ` · ${stopped(campaign)}`}
      </span>
    </AppLink>
  );
}

type State = "now" | "held" | "coming" | "open" | "done" | "stopped";

function stateOf(campaign: Campaign): State {
  const shape = statusShape(campaign);
  if (shape === "running") return "now";
  if (shape === "paused") return "held";
  if (shape === "completed") return "done";
  if (shape === "cancelled" || shape === "failed" || shape === "rejected") return "stopped";
  return campaign.approvalStatus === "approved" ? "coming" : "open";
}

const stopped = (campaign: Campaign): string =>
  campaign.status === "cancelled"
    ? t("cancelled")
    : campaign.status === "failed"
      ? t("failed")
      : t("rejected");
