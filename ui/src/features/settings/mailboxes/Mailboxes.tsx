import { Button, Menu } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { MailboxView, ProbeView } from "../../../gen";
import { patch, post, remove, useGet, useSend } from "../../../shared/api";
import { confirmAction, say, sayError } from "../../../shared/feedback";
import { number } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { type Column, DataTable } from "../../../shared/table";
import { EmptyState, MoreMenu, RelativeTime, StatusMark } from "../../../shared/ui";
import { SettingsPage } from "../SettingsPage";
import { MailboxDialog } from "./MailboxDialog";
import classes from "./mailboxes.module.css";

/** How often the state of the mailboxes is read again, in milliseconds. */
const LOOK_EVERY = 30_000;

/** Heights of rows: where none has anything to say, and with the reason why one cannot be read. */
const PLAIN = 48;
const WITH_WHY = 92;

/** Where answers, bounces and complaints are read. */
export function Mailboxes(): ReactNode {
  const query = useGet<MailboxView[]>("/mailboxes", undefined, { refetchMs: LOOK_EVERY });
  const [open, setOpen] = useState<MailboxView | "new">();
  const add = (
    <Button variant="filled" onClick={() => setOpen("new")}>
      {t("Add mailbox")}
    </Button>
  );
  const rowHeight = query.data?.some((row) => row.isActive && row.error) ? WITH_WHY : PLAIN;
  const columns: Column<MailboxView>[] = [
    {
      key: "name",
      header: t("Mailbox"),
      width: "minmax(150px, 2fr)",
      cell: (row) => (
        <div className={classes.two}>
          <button
            type="button"
            className={`${classes.name} ellipsis`}
            title={row.name}
            onClick={() => setOpen(row)}
          >
            {row.name}
          </button>
          <span className={`ellipsis ${classes.quiet}`} title={placeOf(row)}>
            {placeOf(row)}
          </span>
        </div>
      ),
    },
    {
      key: "state",
      header: t("State"),
      width: "minmax(230px, 5fr)",
      cell: (row) => <State row={row} />,
    },
    {
      key: "replies",
      header: t("Replies"),
      width: "72px",
      right: true,
      cell: (row) => number(row.replies),
    },
    {
      key: "bounces",
      header: t("Bounces"),
      width: "72px",
      right: true,
      cell: (row) => number(row.bounces),
    },
    {
      key: "complaints",
      header: t("Complaints"),
      width: "96px",
      right: true,
      optional: true,
      cell: (row) => number(row.complaints),
    },
    {
      key: "more",
      header: "",
      width: "112px",
      right: true,
      cell: (row) => <Actions row={row} onEdit={() => setOpen(row)} />,
    },
  ];
  return (
    <SettingsPage
      at="/settings/mailboxes"
      fill
      title={t("Mailboxes")}
      text={t(
        "Read every minute by the job “Read mailboxes”. Mail stays where it is, and is not marked as read.",
      )}
      actions={query.data?.length !== 0 && add}
    >
      <DataTable
        key={rowHeight}
        label={t("Mailboxes")}
        columns={columns}
        rows={query.data}
        rowHeight={rowHeight}
        rowKey={(row) => row.id}
        error={query.error}
        onRetry={() => void query.refetch()}
        tone={(row) => (row.isActive ? undefined : "quiet")}
        empty={
          <EmptyState
            title={t("No mailbox is read yet")}
            text={t(
              "Add the one that customers answer to: their answers become cards on the board, STOP unsubscribes, and addresses that do not exist or complain get no more.",
            )}
            action={add}
          />
        }
      />
      {open && (
        <MailboxDialog
          mailbox={open === "new" ? undefined : open}
          onClose={() => setOpen(undefined)}
        />
      )}
    </SettingsPage>
  );
}

/** "offers@example.com · imap.example.com · INBOX" */
const placeOf = (row: MailboxView): string => [row.username, row.host, row.folder].join(" · ");

function State({ row }: { row: MailboxView }): ReactNode {
  if (!row.isActive) return <StatusMark status="cancelled" label={t("Switched off")} />;
  if (row.error)
    return (
      <div className={classes.two}>
        <StatusMark status="failed" label={t("Cannot be read")} />
        <span className={`${classes.quiet} ${classes.why}`} title={row.error}>
          {row.error}
        </span>
      </div>
    );
  if (!row.readAt) return <StatusMark status="queued" label={t("Not read yet")} />;
  return (
    <div className={classes.two}>
      <StatusMark status="passed" label={t("Is read")} />
      <span className={classes.quiet}>
        <RelativeTime at={row.readAt} />
      </span>
    </div>
  );
}

/** Test, and what else can be done with a mailbox. */
function Actions({ row, onEdit }: { row: MailboxView; onEdit: () => void }): ReactNode {
  const stale = ["mailboxes"];
  const probe = useSend(() => post<ProbeView>(`/mailboxes/${row.id}/probe`), {
    stale,
    onSuccess: ({ mails }) =>
      say(
        tn(
          mails,
          "{name} can be read: {n} mail is in it",
          "{name} can be read: {n} mails are in it",
          { name: row.name },
        ),
      ),
  });
  const change = useSend(
    (body: { isActive: boolean }) => patch<MailboxView>(`/mailboxes/${row.id}`, body),
    { stale },
  );
  const erase = useSend(() => remove(`/mailboxes/${row.id}`), {
    stale,
    onSuccess: () => say(t("{name} is removed", { name: row.name })),
  });
  const removal = () =>
    confirmAction({
      title: t("Remove {name}?", { name: row.name }),
      text: t(
        "Its password is erased, and it is not read any more. Its mail and the answers that were read stay.",
      ),
      action: t("Remove mailbox"),
      danger: true,
      run: () => erase.mutateAsync(undefined),
    });
  return (
    <span className={classes.actions}>
      <Button
        size="xs"
        loading={probe.isPending}
        onClick={() => probe.mutate(undefined, { onError: sayError })}
      >
        {t("Test")}
      </Button>
      <MoreMenu variant="subtle" label={t("More for {name}", { name: row.name })}>
        <Menu.Item onClick={onEdit}>{t("Edit mailbox")}</Menu.Item>
        <Menu.Item
          onClick={() => change.mutate({ isActive: !row.isActive }, { onError: sayError })}
        >
          {row.isActive ? t("Switch off") : t("Switch on")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" onClick={removal}>
          {t("Remove mailbox")}
        </Menu.Item>
      </MoreMenu>
    </span>
  );
}
