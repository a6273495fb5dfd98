import { Button, Drawer, Select, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { SuppressionsAdded, SuppressionView } from "../../gen";
import { openFile } from "../../host";
import { post, remove, useList, useMay, useSend } from "../../shared/api";
import { confirmAction, say } from "../../shared/feedback";
import { ActionButton } from "../../shared/form";
import { number } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { Chip, type Column, DataTable, FilterMenu, Toolbar } from "../../shared/table";
import {
  Callout,
  channelLabel,
  DayTime,
  DialogActions,
  EmptyState,
  InlineError,
  Page,
  PageHeader,
} from "../../shared/ui";
import { phoneText } from "./words";

const reasons = (): Record<string, string> => ({
  unsubscribed: t("Unsubscribed"),
  hard_bounce: t("Address does not exist"),
  complaint: t("Marked as spam"),
  manual: t("Put here by hand"),
});
const channels = ["sms", "email", "whatsapp", "push"];

const columns = (
  onRemove: ((row: SuppressionView) => void) | undefined,
): Column<SuppressionView>[] => [
  {
    key: "address",
    header: t("Address"),
    width: "minmax(180px, 2fr)",
    cell: (row) => (
      <span className="ellipsis" style={{ fontWeight: 500 }} title={row.address}>
        {phoneText(row.address)}
      </span>
    ),
  },
  { key: "channel", header: t("Channel"), width: "96px", cell: (row) => channelLabel(row.channel) },
  {
    key: "reason",
    header: t("Reason"),
    width: "180px",
    cell: (row) => reasons()[row.reason] ?? row.reason,
  },
  {
    key: "source",
    header: t("From"),
    width: "minmax(100px, 1fr)",
    optional: true,
    cell: (row) => <span className="ellipsis">{row.source}</span>,
  },
  {
    key: "at",
    header: t("Since"),
    width: "150px",
    right: true,
    cell: (row) => <DayTime at={row.createdAt} />,
  },
  ...(onRemove
    ? [
        {
          key: "remove",
          header: "",
          width: "92px",
          right: true,
          cell: (row: SuppressionView) => (
            <Button size="xs" variant="subtle" onClick={() => onRemove(row)}>
              {t("Allow…")}
            </Button>
          ),
        },
      ]
    : []),
];

/** Addresses that are never sent to, whatever a segment says. */
export function Suppressions(): ReactNode {
  const [search, setSearch] = useState("");
  const [channel, setChannel] = useState("");
  const [reason, setReason] = useState("");
  const [adding, setAdding] = useState(false);
  const list = useList<SuppressionView>("/suppressions", { search, channel, reason });
  const may = useMay()("editCustomers");
  const take = useSend((id: number) => remove(`/suppressions/${id}`), {
    stale: ["suppressions", "customers"],
  });
  const allow = (row: SuppressionView) =>
    confirmAction({
      title: t("Send to {address} again?", { address: row.address }),
      text: t("It is on the list because: {reason}. It can be sent to by {channel} afterwards.", {
        reason: reasons()[row.reason] ?? row.reason,
        channel: channelLabel(row.channel),
      }),
      action: t("Allow address"),
      run: () => take.mutateAsync(row.id),
    });
  const narrowed = search || channel || reason;
  return (
    <Page
      title={t("Suppression list")}
      parents={[{ label: t("Customers"), href: "/customers" }]}
      fill
      head={
        <>
          <PageHeader
            title={t("Suppression list")}
            aside={list.total === undefined ? undefined : number(list.total)}
            text={t(
              "These addresses are never sent to, whatever a segment says. It is looked at again at the moment of sending.",
            )}
            actions={
              <ActionButton
                variant="filled"
                keys="c"
                reason={may ? undefined : t("Your role only reads this list")}
                onClick={() => setAdding(true)}
              >
                {t("Add addresses")}
              </ActionButton>
            }
          />
          <Toolbar search={search} onSearch={setSearch} placeholder={t("Beginning of an address")}>
            {channel && (
              <Chip
                label={`${t("Channel")}: ${channelLabel(channel)}`}
                onRemove={() => setChannel("")}
              />
            )}
            {reason && (
              <Chip label={`${t("Reason")}: ${reasons()[reason]}`} onRemove={() => setReason("")} />
            )}
            <FilterMenu
              groups={[
                {
                  label: t("Channel"),
                  options: channels.map((value) => ({
                    label: channelLabel(value),
                    on: value === channel,
                    onToggle: () => setChannel(value === channel ? "" : value),
                  })),
                },
                {
                  label: t("Reason"),
                  options: Object.entries(reasons()).map(([value, label]) => ({
                    label,
                    on: value === reason,
                    onToggle: () => setReason(value === reason ? "" : value),
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
        label={t("Suppression list")}
        columns={columns(may ? allow : undefined)}
        rowKey={(row) => String(row.id)}
        empty={
          narrowed ? (
            <EmptyState
              title={t("No address matches")}
              text={t("Search looks at the beginning of an address.")}
            />
          ) : (
            <EmptyState
              title={t("No address is suppressed")}
              text={t(
                "Unsubscribes, addresses that do not exist and complaints are put here by themselves.",
              )}
            />
          )
        }
      />
      <AddAddresses opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}

function AddAddresses({ opened, onClose }: { opened: boolean; onClose: () => void }): ReactNode {
  const [text, setText] = useState("");
  const [channel, setChannel] = useState<string | null>(null);
  const [reason, setReason] = useState("manual");
  const [source, setSource] = useState<string>();
  const add = useSend(
    () =>
      post<SuppressionsAdded>("/suppressions", {
        text,
        reason,
        channel: channel ?? undefined,
        source,
      }),
    {
      stale: ["suppressions", "customers"],
      onSuccess: (result) => {
        if (result.refusedCount > 0) return;
        say(tn(result.added, "{n} address added", "{n} addresses added"));
        setText("");
        onClose();
      },
    },
  );
  const fromFile = async () => {
    const file = await openFile(".csv,.txt,text/plain,text/csv");
    if (!file) return;
    setText(await file.text());
    setSource(file.name);
  };
  const result = add.data;
  return (
    <Drawer
      position="right"
      size={440}
      opened={opened}
      onClose={onClose}
      title={t("Add addresses")}
    >
      <Textarea
        label={t("Email addresses or phone numbers, one a line")}
        autosize
        minRows={6}
        maxRows={14}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button mt="xs" variant="subtle" onClick={() => void fromFile()}>
        {t("Take them from a file…")}
      </Button>
      <Select
        mt="md"
        label={t("Reason")}
        allowDeselect={false}
        data={Object.entries(reasons()).map(([value, label]) => ({ value, label }))}
        value={reason}
        onChange={(value) => setReason(value ?? "manual")}
      />
      <Select
        mt="md"
        label={t("Channel")}
        placeholder={t("Found by the address")}
        clearable
        data={channels.slice(0, 3).map((value) => ({ value, label: channelLabel(value) }))}
        value={channel}
        onChange={setChannel}
      />
      {add.error && <InlineError error={add.error} meaning={t("Nothing was added.")} />}
      {result && result.refusedCount > 0 && (
        <div style={{ marginTop: 16 }}>
          <Callout tone="warn">
            {t("{added} added, {refused} could not be read:", {
              added: number(result.added),
              refused: number(result.refusedCount),
            })}{" "}
            {result.refused
              .slice(0, 5)
              .map((one) => t("line {line} {address}", { line: one.line, address: one.address }))
              .join("; ")}
          </Callout>
        </div>
      )}
      <DialogActions>
        <Button onClick={onClose}>{t("Close")}</Button>
        <Button
          variant="filled"
          loading={add.isPending}
          disabled={!text.trim()}
          onClick={() => add.mutate(undefined)}
        >
          {t("Add addresses")}
        </Button>
      </DialogActions>
    </Drawer>
  );
}
