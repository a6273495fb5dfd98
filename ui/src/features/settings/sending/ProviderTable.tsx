import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { ProviderView } from "../../../gen";
import { patch, post, remove, useSend } from "../../../shared/api";
import { confirmAction, say, sayError } from "../../../shared/feedback";
import { number } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { type Column, DataTable } from "../../../shared/table";
import { Channels, channelLabel, EmptyState, StatusMark } from "../../../shared/ui";
import classes from "../settings.module.css";
import { kindOf } from "./kinds";

interface ProviderTableProps {
  providers: ProviderView[] | undefined;
  error: unknown;
  onRetry: () => void;
  onEdit: (provider: ProviderView) => void;
  onTest: (provider: ProviderView) => void;
}

/** Relays and routes with their state. */
export function ProviderTable(props: ProviderTableProps): ReactNode {
  const columns: Column<ProviderView>[] = [
    {
      key: "channel",
      header: t("Channel"),
      width: "92px",
      cell: (row) => <ChannelCell row={row} />,
    },
    {
      key: "name",
      header: t("Name"),
      width: "minmax(110px, 2fr)",
      cell: (row) => <span title={placeOf(row)}>{row.name}</span>,
    },
    {
      key: "kind",
      header: t("Kind"),
      width: "minmax(84px, 1.2fr)",
      optional: true,
      cell: (row) => kindOf(row.kind).short,
    },
    {
      key: "limit",
      header: t("Limit"),
      width: "98px",
      right: true,
      optional: true,
      cell: limitOf,
    },
    {
      key: "weight",
      header: t("Weight"),
      width: "58px",
      right: true,
      cell: (row) => number(row.weight),
    },
    { key: "state", header: t("State"), width: "84px", cell: (row) => <State row={row} /> },
    {
      key: "actions",
      header: "",
      width: "124px",
      right: true,
      cell: (row) => <Actions row={row} {...props} />,
    },
  ];
  return (
    <div className={classes.providers}>
      <DataTable
        inline
        label={t("Providers")}
        columns={columns}
        rows={props.providers}
        rowKey={(row) => row.id}
        error={props.error}
        onRetry={props.onRetry}
        onOpen={props.onEdit}
        tone={(row) => (row.state === "paused" ? "warn" : row.isActive ? undefined : "quiet")}
        empty={
          <EmptyState
            title={t("No provider yet")}
            text={t(
              "All four channels deliver to the test inbox. Add a relay or gateway to send for real.",
            )}
          />
        }
      />
    </div>
  );
}

function ChannelCell({ row }: { row: ProviderView }): ReactNode {
  return (
    <span style={{ display: "inline-flex", gap: 6, alignItems: "center" }}>
      <Channels of={[row.channel]} />
      {channelLabel(row.channel)}
    </span>
  );
}

const config = (row: ProviderView) => row.config as Record<string, string | number | undefined>;

const placeOf = (row: ProviderView): string => {
  const { host, port, baseUrl, route } = config(row);
  return [host && `${host}:${port}`, baseUrl, route].filter(Boolean).join(" · ");
};

const limitOf = (row: ProviderView): ReactNode =>
  row.messagesPerMinute
    ? t("{n} a minute", { n: number(row.messagesPerMinute) })
    : row.messagesPerHour
      ? t("{n} an hour", { n: number(row.messagesPerHour) })
      : t("none");

function State({ row }: { row: ProviderView }): ReactNode {
  if (row.state === "paused")
    return (
      <span title={row.stateReason ?? undefined}>
        <StatusMark status="paused" label={t("Paused")} />
      </span>
    );
  return row.isActive ? (
    <StatusMark status="passed" label={t("In use")} />
  ) : (
    <StatusMark status="draft" label={t("Off")} />
  );
}

function Actions({ row, onEdit, onTest }: { row: ProviderView } & ProviderTableProps): ReactNode {
  const stale = ["providers", "home"];
  const change = useSend(
    (body: { isActive: boolean }) => patch<ProviderView>(`/providers/${row.id}`, body),
    { stale },
  );
  const resume = useSend(() => post(`/providers/${row.id}/resume`), {
    stale,
    onSuccess: () => say(t("{name} goes on", { name: row.name })),
  });
  const erase = useSend(() => remove(`/providers/${row.id}`), { stale });
  const toggle = () => change.mutate({ isActive: !row.isActive }, { onError: sayError });
  const removal = () =>
    confirmAction({
      title: t("Remove {name}?", { name: row.name }),
      text: t(
        "Its password is erased too. If it is the last provider for {channel}, messages go to the test inbox from then on.",
        { channel: channelLabel(row.channel) },
      ),
      action: t("Remove provider"),
      danger: true,
      run: () => erase.mutateAsync(undefined),
    });
  // Clicks on the buttons are not clicks on the row.
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only stops the row from opening
    // biome-ignore lint/a11y/useKeyWithClickEvents: the buttons inside have their own keys
    <span style={{ display: "inline-flex", gap: 4 }} onClick={(event) => event.stopPropagation()}>
      <Button size="xs" onClick={() => onTest(row)}>
        {t("Send test")}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" aria-label={t("More for {name}", { name: row.name })}>
            <IconDots size={15} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => onEdit(row)}>{t("Edit provider")}</Menu.Item>
          {row.state === "paused" && (
            <Menu.Item onClick={() => resume.mutate(undefined, { onError: sayError })}>
              {t("Let it go on")}
            </Menu.Item>
          )}
          <Menu.Item onClick={toggle}>{row.isActive ? t("Switch off") : t("Switch on")}</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" onClick={removal}>
            {t("Remove provider")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
