import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useList } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { waitsWord } from "../../../shared/message/waits";
import { Chip, type Column, DataTable, FilterMenu, Toolbar } from "../../../shared/table";
import { Channels, DayTime, EmptyState, None, StatusMark, shapeOf } from "../../../shared/ui";
import classes from "../campaigns.module.css";
import type { Campaign, Recipient } from "../types";
import { recipientWord } from "../words";
import { RecipientDrawer } from "./RecipientDrawer";

const STATUSES = [
  "pending",
  "sent",
  "delivered",
  "opened",
  "clicked",
  "bounced",
  "failed",
  "skipped",
  "suppressed",
  "cancelled",
  "unknown",
];

/** Everybody of the newest run, in the order of sending; never a row twice while it sends. */
export function Recipients({ campaign }: { campaign: Campaign }): ReactNode {
  const [status, setStatus] = useState<string>();
  const [shown, setShown] = useState<Recipient>();
  const list = useList<Recipient>(`/campaigns/${campaign.id}/recipients`, { status });
  return (
    <>
      <Toolbar>
        {status && (
          <Chip
            label={t("Status is {status}", { status: recipientWord(status) })}
            onRemove={() => setStatus(undefined)}
          />
        )}
        <FilterMenu
          groups={[
            {
              label: t("Status"),
              options: STATUSES.map((one) => ({
                label: recipientWord(one),
                on: status === one,
                onToggle: () => setStatus(status === one ? undefined : one),
              })),
            },
          ]}
        />
      </Toolbar>
      <DataTable
        {...list.table}
        label={t("Recipients")}
        columns={columns(campaign)}
        rowKey={(row) => row.id}
        onOpen={setShown}
        empty={
          status ? (
            <EmptyState
              title={t("No recipient is {status}", { status: recipientWord(status).toLowerCase() })}
              action={
                <Button onClick={() => setStatus(undefined)}>{t("Show all recipients")}</Button>
              }
            />
          ) : (
            <EmptyState
              title={t("No recipients yet")}
              text={t(
                "They are chosen when the campaign starts, and listed here with what became of each message.",
              )}
            />
          )
        }
      />
      <RecipientDrawer campaign={campaign} recipient={shown} onClose={() => setShown(undefined)} />
    </>
  );
}

function columns(campaign: Campaign): Column<Recipient>[] {
  return [
    {
      key: "status",
      header: t("Status"),
      width: "124px",
      cell: (row) => <StatusMark status={shapeOf(row.status)} label={recipientWord(row.status)} />,
    },
    {
      key: "name",
      header: t("Customer"),
      width: "minmax(150px, 2fr)",
      cell: (row) => <b className="ellipsis">{row.name || t("Without a name")}</b>,
    },
    {
      key: "address",
      header: t("Address"),
      width: "minmax(150px, 2fr)",
      cell: (row) => <span className="ellipsis">{row.address ?? <None />}</span>,
    },
    {
      key: "channel",
      header: t("Channel"),
      width: "76px",
      optional: true,
      cell: (row) => (row.channel ? <Channels of={[row.channel]} /> : <None />),
    },
    {
      key: "locale",
      header: t("Language"),
      width: "76px",
      optional: true,
      cell: (row) => row.locale ?? <None />,
    },
    ...(campaign.abTestConfig
      ? [
          {
            key: "variant",
            header: t("Variant"),
            width: "70px",
            cell: (row: Recipient) =>
              campaign.abTestConfig?.variants[row.variantNo - 1]?.variantId ?? <None />,
          },
        ]
      : []),
    { key: "sent", header: t("Sent"), width: "130px", cell: (row) => <DayTime at={row.sentAt} /> },
    {
      key: "opened",
      header: t("Opened"),
      width: "130px",
      optional: true,
      cell: (row) => <DayTime at={row.clickedAt ?? row.openedAt} />,
    },
    {
      key: "why",
      header: t("Why"),
      width: "minmax(120px, 1.5fr)",
      cell: (row) => (
        <span className={`${classes.note} ellipsis`} title={row.failureReason ?? undefined}>
          {row.failureReason ?? (row.waitsFor ? waitsWord(row.waitsFor) : "")}
        </span>
      ),
    },
  ];
}
