import { Button, Modal, Select, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { IssuedToken, TokenView } from "../../gen";
import { post, remove, toApiError, useGet, useSend } from "../../shared/api";
import { confirmAction } from "../../shared/feedback";
import { Fields } from "../../shared/form";
import { t } from "../../shared/i18n";
import { type Column, DataTable } from "../../shared/table";
import {
  DayTime,
  DialogActions,
  EmptyState,
  InlineError,
  RelativeTime,
  StatusMark,
} from "../../shared/ui";
import { SecretDialog } from "./people/InviteDialog";
import { SettingsPage } from "./SettingsPage";
import classes from "./settings.module.css";

/** Keys for programs that act for a person. */
export function Tokens(): ReactNode {
  const query = useGet<TokenView[]>("/tokens");
  const [adding, setAdding] = useState(false);
  const revoke = useSend((id: string) => remove(`/tokens/${id}`), { stale: ["tokens"] });
  const ask = (token: TokenView) =>
    confirmAction({
      title: t("Revoke {name}?", { name: token.name }),
      text: t("Programs that use it are refused from now on."),
      action: t("Revoke token"),
      danger: true,
      run: () => revoke.mutateAsync(token.id),
    });
  const columns: Column<TokenView>[] = [
    { key: "name", header: t("For"), width: "minmax(140px, 2fr)", cell: (row) => row.name },
    {
      key: "user",
      header: t("Acts for"),
      width: "minmax(110px, 1fr)",
      optional: true,
      cell: (row) => row.userName,
    },
    { key: "scopes", header: t("May"), width: "110px", cell: (row) => scopeLabel(row.scopes) },
    { key: "state", header: t("State"), width: "110px", cell: (row) => <State token={row} /> },
    {
      key: "expires",
      header: t("Expires"),
      width: "150px",
      optional: true,
      cell: (row) => <DayTime at={row.expiresAt} />,
    },
    {
      key: "created",
      header: t("Made"),
      width: "110px",
      cell: (row) => <RelativeTime at={row.createdAt} />,
    },
    {
      key: "revoke",
      header: "",
      width: "120px",
      right: true,
      cell: (row) =>
        isLive(row) && (
          <Button size="xs" onClick={() => ask(row)}>
            {t("Revoke token")}
          </Button>
        ),
    },
  ];
  return (
    <SettingsPage
      at="/settings/tokens"
      fill
      title={t("API tokens")}
      text={t("For programs. A token does what its person may do, and stops with them.")}
      actions={
        <Button variant="filled" onClick={() => setAdding(true)}>
          {t("Create token")}
        </Button>
      }
    >
      <DataTable
        label={t("API tokens")}
        columns={columns}
        rows={query.data}
        rowKey={(row) => row.id}
        error={query.error}
        onRetry={() => void query.refetch()}
        tone={(row) => (isLive(row) ? undefined : "quiet")}
        empty={<EmptyState title={t("No token yet")} text={t("Create one to use the HTTP API.")} />}
      />
      {adding && <NewTokenDialog onClose={() => setAdding(false)} />}
    </SettingsPage>
  );
}

const hasExpired = (token: TokenView) =>
  Boolean(token.expiresAt && Date.parse(token.expiresAt) <= Date.now());
const isLive = (token: TokenView) => !token.revokedAt && !hasExpired(token);

const scopeLabel = (scopes: string[]) =>
  scopes.includes("*") || scopes.includes("write") ? t("Read and write") : t("Read");

function State({ token }: { token: TokenView }): ReactNode {
  if (token.revokedAt) return <StatusMark status="cancelled" label={t("Revoked")} />;
  if (hasExpired(token)) return <StatusMark status="cancelled" label={t("Expired")} />;
  return <StatusMark status="passed" label={t("Valid")} />;
}

function NewTokenDialog({ onClose }: { onClose: () => void }): ReactNode {
  const [name, setName] = useState("");
  const [scope, setScope] = useState("read");
  const [days, setDays] = useState("90");
  const create = useSend(
    () =>
      post<IssuedToken>("/tokens", {
        name,
        scopes: [scope],
        expiresInDays: days === "never" ? null : Number(days),
      }),
    { stale: ["tokens"] },
  );
  if (create.data)
    return (
      <SecretDialog
        title={t("Token for {name}", { name })}
        text={t("Send it as “Authorization: Bearer …”.")}
        secret={create.data.token}
        onClose={onClose}
      />
    );
  const problem = create.error ? toApiError(create.error) : undefined;
  return (
    <Modal opened onClose={onClose} title={t("Create a token")}>
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(undefined);
        }}
      >
        <TextInput
          data-autofocus
          label={t("What it is for")}
          placeholder={t("Nightly report")}
          value={name}
          error={problem?.fieldErrors().name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Fields>
          <Select
            label={t("May")}
            allowDeselect={false}
            data={[
              { value: "read", label: t("Read") },
              { value: "write", label: t("Read and write") },
            ]}
            value={scope}
            onChange={(value) => value && setScope(value)}
          />
          <Select
            label={t("Expires")}
            allowDeselect={false}
            data={[
              { value: "30", label: t("in 30 days") },
              { value: "90", label: t("in 90 days") },
              { value: "365", label: t("in a year") },
              { value: "never", label: t("never") },
            ]}
            value={days}
            onChange={(value) => value && setDays(value)}
          />
        </Fields>
        {problem && problem.details.length === 0 && <InlineError error={problem} />}
        <DialogActions>
          <Button onClick={onClose}>{t("Close without creating")}</Button>
          <Button variant="filled" type="submit" loading={create.isPending}>
            {t("Create token")}
          </Button>
        </DialogActions>
      </form>
    </Modal>
  );
}
