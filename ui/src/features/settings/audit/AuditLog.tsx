import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { AuditView, UserView } from "../../../gen";
import { API, useGet, useList, withQuery } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { Chip, type Column, DataTable, FilterMenu, Toolbar } from "../../../shared/table";
import { DayTime, EmptyState } from "../../../shared/ui";
import { SettingsPage } from "../SettingsPage";
import { EntryDrawer } from "./EntryDrawer";
import { actionLabel, objectChoices, objectLabel } from "./words";

/** Who did what to which object, when. */
export function AuditLog(): ReactNode {
  const [search, setSearch] = useState("");
  const [objectType, setObjectType] = useState<string>();
  const [actor, setActor] = useState<UserView>();
  const [open, setOpen] = useState<AuditView>();
  const people = useGet<UserView[]>("/users");
  const query = { search, objectType, actorId: actor?.id };
  const list = useList<AuditView>("/audit", query);
  const columns: Column<AuditView>[] = [
    { key: "at", header: t("When"), width: "150px", cell: (row) => <DayTime at={row.at} /> },
    { key: "who", header: t("Who"), width: "minmax(110px, 1fr)", cell: (row) => row.actorName },
    {
      key: "what",
      header: t("What"),
      width: "minmax(130px, 1.2fr)",
      cell: (row) => actionLabel(row.action),
    },
    {
      key: "object",
      header: t("Object"),
      width: "minmax(160px, 2fr)",
      cell: (row) => `${objectLabel(row.objectType)} ${row.objectName}`,
    },
  ];
  return (
    <SettingsPage
      at="/settings/audit"
      fill
      title={t("Audit log")}
      actions={
        <Button component="a" href={`${API}${withQuery("/audit/export", query)}`} download>
          {t("Export CSV")}
        </Button>
      }
    >
      <Toolbar search={search} onSearch={setSearch} placeholder={t("Search people and objects")}>
        {objectType && (
          <Chip label={objectLabel(objectType)} onRemove={() => setObjectType(undefined)} />
        )}
        {actor && <Chip label={actor.name} onRemove={() => setActor(undefined)} />}
        <FilterMenu
          groups={[
            {
              label: t("Object"),
              options: objectChoices().map(({ value, label }) => ({
                label,
                on: objectType === value,
                onToggle: () => setObjectType(objectType === value ? undefined : value),
              })),
            },
            {
              label: t("Who"),
              options: (people.data ?? []).map((person) => ({
                label: person.name,
                on: actor?.id === person.id,
                onToggle: () => setActor(actor?.id === person.id ? undefined : person),
              })),
            },
          ]}
        />
      </Toolbar>
      <DataTable
        label={t("Audit log")}
        columns={columns}
        {...list.table}
        rowKey={(row) => String(row.id)}
        onOpen={setOpen}
        empty={
          <EmptyState title={t("Nothing matches")} text={t("Take a filter off to see more.")} />
        }
      />
      {open && <EntryDrawer entry={open} onClose={() => setOpen(undefined)} />}
    </SettingsPage>
  );
}
