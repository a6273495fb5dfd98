import { Button, SegmentedControl } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { useList, useMay, useSession } from "../../../shared/api";
import { ActionButton } from "../../../shared/form";
import { number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { Chip, DataTable, FilterMenu, Toolbar } from "../../../shared/table";
import { channelLabel, EmptyState, Page, PageHeader } from "../../../shared/ui";
import type { ListSearch } from "../routes";
import type { Campaign } from "../types";
import { Calendar } from "./Calendar";
import { columns, hrefOf } from "./columns";
import { Selection } from "./Selection";

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
  const isTracked = Boolean(useSession()?.workspace.publicBaseUrl);
  const { view, month, status } = useSearch({ strict: false }) as ListSearch;
  const [search, setSearch] = useState("");
  const [state, setState] = useState<string | undefined>(status);
  // "2 running" in the top bar leads here also while the list is open.
  useEffect(() => {
    if (status) setState(status);
  }, [status]);
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
          <Toolbar
            search={search}
            onSearch={setSearch}
            placeholder={t("Name of a campaign")}
            right={
              <SegmentedControl
                aria-label={t("What to show")}
                value={view ?? "list"}
                onChange={(next) =>
                  go(next === "calendar" ? "/campaigns?view=calendar" : "/campaigns")
                }
                data={[
                  { value: "list", label: t("List") },
                  { value: "calendar", label: t("Calendar") },
                ]}
              />
            }
          >
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
      {view === "calendar" ? (
        <Calendar list={list} month={month} />
      ) : (
        <DataTable
          {...list.table}
          label={t("Campaigns")}
          columns={columns(isTracked)}
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
      )}
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
