import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import type { SessionView, UserView } from "../../../gen";
import { remove, useGet, useSend } from "../../../shared/api";
import { say, sayError } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { type Column, DataTable } from "../../../shared/table";
import { DialogActions, EmptyState, RelativeTime } from "../../../shared/ui";

/** Where a person is signed in. */
export function SessionsDialog(props: { person: UserView; onClose: () => void }): ReactNode {
  const { person, onClose } = props;
  const path = `/users/${person.id}/sessions`;
  const query = useGet<SessionView[]>(path);
  const stale = { stale: ["users"] };
  const endOne = useSend((id: string) => remove(`${path}/${id}`), stale);
  const endAll = useSend(() => remove<number>(path), {
    ...stale,
    onSuccess: () => {
      say(t("{name} is signed out everywhere", { name: person.name }));
      onClose();
    },
  });
  const columns: Column<SessionView>[] = [
    {
      key: "agent",
      header: t("Browser or window"),
      width: "minmax(160px, 2fr)",
      cell: (row) => <span title={row.userAgent ?? ""}>{row.userAgent ?? t("unknown")}</span>,
    },
    {
      key: "seen",
      header: t("Used"),
      width: "110px",
      cell: (row) => <RelativeTime at={row.lastSeenAt} />,
    },
    {
      key: "end",
      header: "",
      width: "116px",
      right: true,
      cell: (row) => (
        <Button size="xs" onClick={() => endOne.mutate(row.id, { onError: sayError })}>
          {t("End session")}
        </Button>
      ),
    },
  ];
  return (
    <Modal
      opened
      size={560}
      onClose={onClose}
      title={t("Sessions of {name}", { name: person.name })}
    >
      <DataTable
        inline
        label={t("Sessions")}
        columns={columns}
        rows={query.data}
        rowKey={(row) => row.id}
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={<EmptyState title={t("Not signed in anywhere")} />}
      />
      <DialogActions>
        <Button onClick={onClose}>{t("Close")}</Button>
        <Button
          color="red"
          disabled={!query.data?.length}
          loading={endAll.isPending}
          onClick={() => endAll.mutate(undefined, { onError: sayError })}
        >
          {t("End all sessions")}
        </Button>
      </DialogActions>
    </Modal>
  );
}
