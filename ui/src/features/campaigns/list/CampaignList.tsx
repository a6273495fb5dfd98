import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { post, useList, useMay } from "../../shared/api";
import { ProgressBar } from "../../shared/charts";
import { sayError, sayUndo } from "../../shared/feedback";
import { ActionButton } from "../../shared/form";
import { number, percent } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import {
  Chip,
  type Column,
  DataTable,
  FilterMenu,
  SelectionBar,
  Toolbar,
} from "../../shared/table";
import {
  Channels,
  channelLabel,
  DayTime,
  EmptyState,
  None,
  Num,
  Page,
  PageHeader,
  StatusMark,
} from "../../shared/ui";
import classes from "./campaigns.module.css";
import type { Campaign } from "./types";
import { statusShape, statusWord } from "./words";

const CHANNELS = ["sms", "email", "whatsapp", "push", "multi"] as const;

interface StateFilter {
  key: string;
  label: string;
  status?: string;
  approvalStatus?: string;
}

const states = (): StateFilter[] => [
  { key: "running", label: t("Running"), status: "running" },
  { key: "paused", label: t("Paused"), status: "paused" },
  { key: "scheduled", label: t("Scheduled"), status: "scheduled" },
  { key: "pending", label: t("Waiting for approval"), approvalStatus: "pending" },
  { key: "rejected", label: t("Rejected"), approvalStatus: "rejected" },
  { key: "draft", label: t("Draft"), status: "draft" },
  { key: "completed", label: t("Completed"), status: "completed" },
  { key: "cancelled", label: t("Cancelled"), status: "cancelled" },
  { key: "failed", label: t("Failed"), status: "failed" },
];

export function CampaignList(): ReactNode {
  const go = useGo();
  const may = useMay();
  const [search, setSearch] = useState("");
  const [state, setState] = useState<string>();
  const [channel, setChannel] = useState<string>();
  const [archived, setArchived] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const chosen = states().find((one) => one.key === state);
  const list = useList<Campaign>("/campaigns", {
    search,
    status: chosen?.status,
    approvalStatus: chosen?.approvalStatus,
    channel,
    archived: archived || undefined,
  });
  const filtered = Boolean(search || state || channel || archived);
  const clear = () => {
    setSearch("");
    setState(undefined);
    setChannel(undefined);
    setArchived(false);
  };
  const create = () => go("/campaigns/new");
  return (
    <Page
      title={t("Campaigns")}
      fill
      head={
        <>
          <PageHeader
            title={t("Campaigns")}
            aside={list.total !== undefined && number(list.total)}
            actions={
              <ActionButton
                variant="filled"
                keys="c"
                leftSection={<IconPlus size={15} stroke={1.8} />}
                reason={may("editContent") ? undefined : t("Managers create campaigns")}
                onClick={create}
              >
                {t("New campaign")}
              </ActionButton>
            }
          />
          <Toolbar search={search} onSearch={setSearch} placeholder={t("Name of a campaign")}>
            {chosen && (
              <Chip
                label={t("Status is {status}", { status: chosen.label })}
                onRemove={() => setState(undefined)}
              />
            )}
            {channel && (
              <Chip
                label={t("On {channel}", { channel: channelLabel(channel) })}
                onRemove={() => setChannel(undefined)}
              />
            )}
            {archived && <Chip label={t("Archived")} onRemove={() => setArchived(false)} />}
            <FilterMenu
              groups={[
                {
                  label: t("Status"),
                  options: [
                    ...states().map((one) => ({
                      label: one.label,
                      on: state === one.key,
                      onToggle: () => setState(state === one.key ? undefined : one.key),
                    })),
                    {
                      label: t("Archived"),
                      on: archived,
                      onToggle: () => setArchived(!archived),
                    },
                  ],
                },
                {
                  label: t("Channel"),
                  options: CHANNELS.map((one) => ({
                    label: channelLabel(one),
                    on: channel === one,
                    onToggle: () => setChannel(channel === one ? undefined : one),
                  })),
                },
              ]}
            />
          </Toolbar>
        </>
      }
    >
      <DataTable
        {...list.table}
        label={t("Campaigns")}
        columns={columns()}
        rowKey={(row) => row.id}
        href={hrefOf}
        onOpen={(row) => go(hrefOf(row))}
        selected={may("editContent") ? selected : undefined}
        onSelect={may("editContent") ? setSelected : undefined}
        tone={(row) => (row.status === "paused" ? "warn" : row.archivedAt ? "quiet" : undefined)}
        empty={
          filtered ? (
            <EmptyState
              title={
                search
                  ? t("No campaign matches “{search}”", { search })
                  : t("No campaign matches these filters")
              }
              text={t("Archived campaigns show with the filter Archived.")}
              action={<Button onClick={clear}>{t("Show all campaigns")}</Button>}
            />
          ) : (
            <EmptyState
              title={t("No campaigns yet")}
              text={t("A campaign sends offers to segments, when and as fast as you say.")}
              action={may("editContent") && <Button onClick={create}>{t("New campaign")}</Button>}
            />
          )
        }
      />
      <Selection
        rows={(list.rows ?? []).filter((row) => selected.has(row.id))}
        archived={archived}
        onDone={() => {
          setSelected(new Set());
          void list.refetch();
        }}
      />
    </Page>
  );
}

/** A draft opens where it is written, everything else where it is watched. */
export const hrefOf = (row: Pick<Campaign, "id" | "status" | "approvalStatus">): string =>
  row.status === "draft" && row.approvalStatus !== "pending" && row.approvalStatus !== "approved"
    ? `/campaigns/${row.id}/edit`
    : `/campaigns/${row.id}`;

function columns(): Column<Campaign>[] {
  const rate = (row: Campaign, value: number) =>
    row.metrics.delivered > 0 ? percent(value) : <None />;
  return [
    {
      key: "status",
      header: t("Status"),
      width: "158px",
      cell: (row) => <StatusMark status={statusShape(row)} label={statusWord(row)} />,
    },
    {
      key: "name",
      header: t("Campaign"),
      width: "minmax(160px, 3fr)",
      cell: (row) => (
        <b className="ellipsis" title={row.name}>
          {row.name}
        </b>
      ),
    },
    {
      key: "channel",
      header: t("Channels"),
      width: "72px",
      cell: (row) => <Channels of={[row.channel]} />,
    },
    {
      key: "people",
      header: t("Messages"),
      width: "78px",
      right: true,
      cell: (row) => <Num value={row.metrics.totalRecipients || null} />,
    },
    { key: "sent", header: t("Sent"), width: "104px", cell: (row) => <Sent row={row} /> },
    {
      key: "opened",
      header: t("Opened"),
      width: "64px",
      right: true,
      optional: true,
      cell: (row) => rate(row, row.metrics.openRate),
    },
    {
      key: "clicked",
      header: t("Clicked"),
      width: "64px",
      right: true,
      optional: true,
      cell: (row) => rate(row, row.metrics.clickRate),
    },
    {
      key: "starts",
      header: t("Starts"),
      width: "132px",
      cell: (row) => <DayTime at={row.startedAt ?? row.scheduledAt} />,
    },
    {
      key: "owner",
      header: t("Owner"),
      width: "minmax(80px, 1fr)",
      optional: true,
      cell: (row) => <span className="ellipsis">{row.createdByName}</span>,
    },
  ];
}

function Sent({ row }: { row: Campaign }): ReactNode {
  const { totalRecipients: total, sent } = row.metrics;
  if (total === 0) return <None />;
  const share = Math.floor((sent / total) * 100);
  const tone = row.status === "running" ? "live" : row.status === "paused" ? "warn" : "done";
  return (
    <span className={classes.share}>
      <ProgressBar
        label={t("{sent} of {total} sent", { sent: number(sent), total: number(total) })}
        total={total}
        value={sent}
        tone={tone}
        width={48}
      />
      <span className={classes.figure}>{percent(share, 0)}</span>
    </span>
  );
}

interface SelectionProps {
  rows: Campaign[];
  archived: boolean;
  onDone: () => void;
}

function Selection({ rows, archived, onDone }: SelectionProps): ReactNode {
  const each = async (action: string) => {
    try {
      for (const row of rows) await post(`/campaigns/${row.id}/${action}`);
      return true;
    } catch (cause) {
      sayError(cause);
      return false;
    } finally {
      onDone();
    }
  };
  const archive = async () => {
    const ids = rows.map((row) => row.id);
    if (!(await each("archive"))) return;
    sayUndo(tn(ids.length, "{n} campaign archived", "{n} campaigns archived"), async () => {
      for (const id of ids) await post(`/campaigns/${id}/unarchive`);
      onDone();
    });
  };
  return (
    <SelectionBar count={rows.length} onClear={onDone}>
      <Button variant="subtle" onClick={() => void each("duplicate")}>
        {t("Duplicate")}
      </Button>
      {archived ? (
        <Button variant="subtle" onClick={() => void each("unarchive")}>
          {t("Take out of the archive")}
        </Button>
      ) : (
        <Button variant="subtle" onClick={() => void archive()}>
          {t("Archive")}
        </Button>
      )}
    </SelectionBar>
  );
}
