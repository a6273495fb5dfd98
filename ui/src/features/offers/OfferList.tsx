import { Button, Menu } from "@mantine/core";
import { IconArchive, IconCopy, IconDots, IconPlus, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { post, remove, useList, useMay, useSend } from "../../shared/api";
import { sayError, sayUndo } from "../../shared/feedback";
import { ActionButton } from "../../shared/form";
import { day, number } from "../../shared/format";
import { t } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { Chip, type Column, DataTable, FilterMenu, Toolbar } from "../../shared/table";
import {
  Channels,
  channelLabel,
  EmptyState,
  None,
  Page,
  PageHeader,
  RelativeTime,
  StatusMark,
} from "../../shared/ui";
import type { OfferDetail, OfferSummary } from "./types";
import { priceSummary, rewardSummary, statusShape, statusWord } from "./words";

const STATUSES = ["draft", "active", "archived"] as const;
const CHANNELS = ["sms", "email", "whatsapp", "push"] as const;

export function OfferList(): ReactNode {
  const go = useGo();
  const may = useMay();
  const [search, setSearch] = useState("");
  const [status, setStatus] = useState<string>();
  const [channel, setChannel] = useState<string>();
  const list = useList<OfferSummary>("/offers", { search, status, channel });
  const columns: Column<OfferSummary>[] = [
    {
      key: "status",
      header: t("Status"),
      width: "110px",
      cell: (row) => <StatusMark status={statusShape(row)} label={statusWord(row)} />,
    },
    {
      key: "name",
      header: t("Offer"),
      width: "minmax(200px, 3fr)",
      cell: (row) => <b>{row.name}</b>,
    },
    {
      key: "channels",
      header: t("Channels"),
      width: "100px",
      cell: (row) => (row.channels.length ? <Channels of={row.channels} /> : <None />),
    },
    {
      key: "locales",
      header: t("Languages"),
      width: "100px",
      optional: true,
      cell: (row) => row.locales.join(" · ") || <None />,
    },
    {
      key: "reward",
      header: t("Reward"),
      width: "minmax(140px, 1.3fr)",
      cell: (row) => <span className="ellipsis">{rewardSummary(row.rewards)}</span>,
    },
    {
      key: "price",
      header: t("Price"),
      width: "110px",
      right: true,
      cell: (row) => priceSummary(row.products) ?? <None />,
    },
    {
      key: "until",
      header: t("Valid until"),
      width: "130px",
      right: true,
      optional: true,
      cell: (row) => (row.validUntil ? day(row.validUntil) : t("No end")),
    },
    {
      key: "updated",
      header: t("Changed"),
      width: "100px",
      right: true,
      optional: true,
      cell: (row) => <RelativeTime at={row.updatedAt} />,
    },
    { key: "menu", header: "", width: "44px", cell: (row) => <RowMenu offer={row} /> },
  ];
  const filtered = Boolean(search || status || channel);
  const create = () => go("/offers/new");
  return (
    <Page
      title={t("Offers")}
      fill
      head={
        <>
          <PageHeader
            title={t("Offers")}
            aside={list.total !== undefined && number(list.total)}
            actions={
              <ActionButton
                variant="filled"
                keys="c"
                leftSection={<IconPlus size={15} stroke={1.8} />}
                reason={may("editContent") ? undefined : t("Managers create offers")}
                onClick={create}
              >
                {t("Create offer")}
              </ActionButton>
            }
          />
          <Toolbar search={search} onSearch={setSearch} placeholder={t("Name of an offer")}>
            {status && (
              <Chip
                label={t("Status is {status}", { status: statusWord({ status } as OfferSummary) })}
                onRemove={() => setStatus(undefined)}
              />
            )}
            {channel && (
              <Chip
                label={t("On {channel}", { channel: channelLabel(channel) })}
                onRemove={() => setChannel(undefined)}
              />
            )}
            <FilterMenu
              groups={[
                {
                  label: t("Status"),
                  options: STATUSES.map((one) => ({
                    label: statusWord({ status: one } as OfferSummary),
                    on: status === one,
                    onToggle: () => setStatus(status === one ? undefined : one),
                  })),
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
        label={t("Offers")}
        columns={columns}
        rowKey={(row) => row.id}
        href={(row) => `/offers/${row.id}`}
        onOpen={(row) => go(`/offers/${row.id}`)}
        tone={(row) => (row.status === "archived" ? "quiet" : undefined)}
        empty={
          filtered ? (
            <EmptyState
              title={
                search
                  ? t("No offer matches “{search}”", { search })
                  : t("No offer matches these filters")
              }
              text={t("Archived offers show with the filter Archived.")}
              action={
                <Button
                  onClick={() => {
                    setSearch("");
                    setStatus(undefined);
                    setChannel(undefined);
                  }}
                >
                  {t("Show all offers")}
                </Button>
              }
            />
          ) : (
            <EmptyState
              title={t("No offers yet")}
              text={t(
                "An offer is what a customer gets, how it is said on each channel and what acting on it earns.",
              )}
              action={may("editContent") && <Button onClick={create}>{t("Create offer")}</Button>}
            />
          )
        }
      />
    </Page>
  );
}

function RowMenu({ offer }: { offer: OfferSummary }): ReactNode {
  const go = useGo();
  const may = useMay()("editContent");
  const stale = { stale: ["offers"] };
  const clone = useSend(() => post<OfferDetail>(`/offers/${offer.id}/clone`), {
    ...stale,
    onSuccess: (copy) => go(`/offers/${copy.id}`),
  });
  const restore = useSend(() => post(`/offers/${offer.id}/restore`), stale);
  const archive = useSend(() => post(`/offers/${offer.id}/archive`), {
    ...stale,
    onSuccess: () =>
      sayUndo(t("“{name}” archived", { name: offer.name }), () => restore.mutateAsync(undefined)),
  });
  const erase = useSend(() => remove(`/offers/${offer.id}`), stale);
  if (!may) return null;
  const run = (action: { mutateAsync: (input: undefined) => Promise<unknown> }) => () =>
    void action.mutateAsync(undefined).catch(sayError);
  const fresh = offer.status === "draft" && offer.approvedVersion === null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps the row from opening when its menu is used
    // biome-ignore lint/a11y/useKeyWithClickEvents: the menu inside has its own keys
    <span onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            size="xs"
            variant="subtle"
            px={5}
            aria-label={t("Actions for {name}", { name: offer.name })}
          >
            <IconDots size={15} stroke={1.6} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={15} stroke={1.6} />} onClick={run(clone)}>
            {t("Clone offer")}
          </Menu.Item>
          {offer.status === "archived" ? (
            <Menu.Item leftSection={<IconArchive size={15} stroke={1.6} />} onClick={run(restore)}>
              {t("Restore as draft")}
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<IconArchive size={15} stroke={1.6} />} onClick={run(archive)}>
              {t("Archive offer")}
            </Menu.Item>
          )}
          {fresh && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={15} stroke={1.6} />}
              onClick={run(erase)}
            >
              {t("Delete draft")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
