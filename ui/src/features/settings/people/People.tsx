import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { TemporaryPassword, UserView } from "../../../gen";
import { patch, post, type Role, useGet, useMay, useSend, useSession } from "../../../shared/api";
import { confirmAction, say, sayError } from "../../../shared/feedback";
import { t } from "../../../shared/i18n";
import { type Column, DataTable } from "../../../shared/table";
import { Person, RelativeTime, StatusMark } from "../../../shared/ui";
import { SettingsPage } from "../SettingsPage";
import { InviteDialog, SecretDialog } from "./InviteDialog";
import { RoleDialog } from "./RoleDialog";
import { roleLabel } from "./roles";
import { SessionsDialog } from "./SessionsDialog";

type Open =
  | { what: "invite" }
  | { what: "role" | "sessions"; person: UserView }
  | { what: "password"; person: UserView; password: string }
  | undefined;

/** Who works here and what each may do. */
export function People(): ReactNode {
  const query = useGet<UserView[]>("/users");
  const may = useMay()("manageUsers");
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const columns: Column<UserView>[] = [
    {
      key: "name",
      header: t("Name"),
      width: "minmax(200px, 2fr)",
      cell: (row) => <Person name={row.name} text={row.email} />,
    },
    { key: "role", header: t("Role"), width: "120px", cell: (row) => roleLabel(row.role) },
    { key: "state", header: t("State"), width: "170px", cell: (row) => <State person={row} /> },
    {
      key: "seen",
      header: t("Signed in"),
      width: "120px",
      optional: true,
      cell: (row) => <RelativeTime at={row.lastSignInAt} />,
    },
  ];
  if (may)
    columns.push({
      key: "actions",
      header: "",
      width: "48px",
      right: true,
      cell: (row) => <Actions person={row} onOpen={setOpen} />,
    });
  return (
    <SettingsPage
      at="/settings/people"
      fill
      title={t("People & roles")}
      actions={
        may && (
          <Button variant="filled" onClick={() => setOpen({ what: "invite" })}>
            {t("Invite person")}
          </Button>
        )
      }
    >
      <DataTable
        label={t("People")}
        columns={columns}
        rows={query.data}
        rowKey={(row) => row.id}
        rowHeight={48}
        error={query.error}
        onRetry={() => void query.refetch()}
        tone={(row) => (row.isActive ? undefined : "quiet")}
      />
      {open?.what === "invite" && <InviteDialog onClose={close} />}
      {open?.what === "role" && <RoleDialog person={open.person} onClose={close} />}
      {open?.what === "sessions" && <SessionsDialog person={open.person} onClose={close} />}
      {open?.what === "password" && (
        <SecretDialog
          title={t("New password for {name}", { name: open.person.name })}
          text={t("Give it to {name}; it has to be changed at the next sign-in.", {
            name: open.person.name,
          })}
          secret={open.password}
          onClose={close}
        />
      )}
    </SettingsPage>
  );
}

function State({ person }: { person: UserView }): ReactNode {
  if (!person.isActive) return <StatusMark status="cancelled" label={t("Deactivated")} />;
  if (person.lockedUntil) return <StatusMark status="warning" label={t("Locked for a while")} />;
  if (person.mustChangePassword)
    return <StatusMark status="waiting" label={t("Temporary password")} />;
  return <StatusMark status="passed" label={t("Active")} />;
}

function Actions(props: { person: UserView; onOpen: (open: Open) => void }): ReactNode {
  const { person, onOpen } = props;
  const self = useSession()?.user.id === person.id;
  const change = useSend(
    (body: { isActive?: boolean; role?: Role }) => patch<UserView>(`/users/${person.id}`, body),
    { stale: ["users"] },
  );
  const reset = useSend(() => post<TemporaryPassword>(`/users/${person.id}/reset-password`), {
    stale: ["users"],
    onSuccess: ({ temporaryPassword }) =>
      onOpen({ what: "password", person, password: temporaryPassword }),
  });
  const deactivate = () =>
    confirmAction({
      title: t("Deactivate {name}?", { name: person.name }),
      text: t("{name} is signed out everywhere and cannot sign in. API tokens stop too.", {
        name: person.name,
      }),
      action: t("Deactivate person"),
      danger: true,
      run: () => change.mutateAsync({ isActive: false }),
    });
  const activate = () =>
    change.mutate(
      { isActive: true },
      {
        onError: sayError,
        onSuccess: () => say(t("{name} can sign in again", { name: person.name })),
      },
    );
  return (
    <Menu position="bottom-end" width={210}>
      <Menu.Target>
        <ActionIcon variant="subtle" aria-label={t("More for {name}", { name: person.name })}>
          <IconDots size={15} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={self} onClick={() => onOpen({ what: "role", person })}>
          {t("Change role")}
        </Menu.Item>
        <Menu.Item onClick={() => onOpen({ what: "sessions", person })}>
          {t("Show sessions")}
        </Menu.Item>
        <Menu.Item disabled={self} onClick={() => reset.mutate(undefined, { onError: sayError })}>
          {t("Reset password")}
        </Menu.Item>
        <Menu.Divider />
        {person.isActive ? (
          <Menu.Item color="red" disabled={self} onClick={deactivate}>
            {t("Deactivate person")}
          </Menu.Item>
        ) : (
          <Menu.Item onClick={activate}>{t("Activate person")}</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
