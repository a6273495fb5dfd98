import { Button, Menu } from "@mantine/core";
import { IconDots, IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { post, remove, useList, useMay, useSend } from "../../shared/api";
import { sayError, sayUndo } from "../../shared/feedback";
import { ActionButton } from "../../shared/form";
import { number } from "../../shared/format";
import { t } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { Chip, type Column, DataTable, FilterMenu, Toolbar } from "../../shared/table";
import { EmptyState, None, Num, Page, PageHeader, RelativeTime } from "../../shared/ui";
import type { Segment, SegmentKind } from "./types";
import { kindLabel } from "./words";

const KINDS: SegmentKind[] = ["dynamic", "behavioral", "static"];

/** Everybody who may be meant by campaigns, by name. */
export function SegmentList(): ReactNode {
  const go = useGo();
  const may = useMay()("editContent");
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState<SegmentKind>();
  const [archived, setArchived] = useState(false);
  const list = useList<Segment>("/segments", {
    search,
    type: kind,
    archived: archived || undefined,
  });
  const create = () => go("/segments/new");
  const showAll = () => {
    setSearch("");
    setKind(undefined);
    setArchived(false);
  };
  const filtered = Boolean(search || kind || archived);
  return (
    <Page
      title={t("Segments")}
      fill
      head={
        <>
          <PageHeader
            title={t("Segments")}
            aside={list.total !== undefined && number(list.total)}
            actions={
              <ActionButton
                variant="filled"
                keys="c"
                leftSection={<IconPlus size={15} stroke={1.8} />}
                reason={may ? undefined : t("Managers build segments")}
                onClick={create}
              >
                {t("Build segment")}
              </ActionButton>
            }
          />
          <Toolbar search={search} onSearch={setSearch} placeholder={t("Name of a segment")}>
            {kind && <Chip label={kindLabel(kind)} onRemove={() => setKind(undefined)} />}
            {archived && <Chip label={t("Archived")} onRemove={() => setArchived(false)} />}
            <FilterMenu
              groups={[
                {
                  label: t("Kind"),
                  options: KINDS.map((one) => ({
                    label: kindLabel(one),
                    on: kind === one,
                    onToggle: () => setKind(kind === one ? undefined : one),
                  })),
                },
                {
                  label: t("Show"),
                  options: [
                    { label: t("Archived"), on: archived, onToggle: () => setArchived(!archived) },
                  ],
                },
              ]}
            />
          </Toolbar>
        </>
      }
    >
      <DataTable
        {...list.table}
        label={t("Segments")}
        columns={columns(may)}
        rowKey={(row) => row.id}
        href={(row) => `/segments/${row.id}`}
        onOpen={(row) => go(`/segments/${row.id}`)}
        empty={
          filtered ? (
            <EmptyState
              title={
                search
                  ? t("No segment matches “{search}”", { search })
                  : t("No segment matches these filters")
              }
              action={<Button onClick={showAll}>{t("Show all segments")}</Button>}
            />
          ) : (
            <EmptyState
              title={t("No segments yet")}
              text={t(
                "A segment says who a campaign is for, such as VIP customers in Nairobi who bought within 30 days.",
              )}
              action={may && <Button onClick={create}>{t("Build segment")}</Button>}
            />
          )
        }
      />
    </Page>
  );
}

function columns(may: boolean): Column<Segment>[] {
  return [
    {
      key: "name",
      header: t("Segment"),
      width: "minmax(200px, 3fr)",
      cell: (row) => (
        <span className="ellipsis" title={row.description || row.name}>
          <b>{row.name}</b>
          {row.description && <span style={{ color: "var(--m-text3)" }}> {row.description}</span>}
        </span>
      ),
    },
    { key: "type", header: t("Kind"), width: "120px", cell: (row) => kindLabel(row.type) },
    {
      key: "size",
      header: t("People"),
      width: "100px",
      right: true,
      cell: (row) => <Num value={row.sizeEstimate} />,
    },
    {
      key: "evaluated",
      header: t("Counted"),
      width: "120px",
      right: true,
      cell: (row) => (row.evaluatedAt ? <RelativeTime at={row.evaluatedAt} /> : <None />),
    },
    {
      key: "campaigns",
      header: t("Campaigns"),
      width: "96px",
      right: true,
      optional: true,
      cell: (row) => <Num value={row.campaignCount || null} />,
    },
    {
      key: "updated",
      header: t("Changed"),
      width: "120px",
      right: true,
      optional: true,
      cell: (row) => <RelativeTime at={row.updatedAt} />,
    },
    {
      key: "actions",
      header: "",
      width: "40px",
      cell: (row) => (may ? <Actions segment={row} /> : null),
    },
  ];
}

function Actions({ segment }: { segment: Segment }): ReactNode {
  const restore = useSend((id: string) => post(`/segments/${id}/restore`), { stale: ["segments"] });
  const archive = useSend((id: string) => remove(`/segments/${id}`), {
    stale: ["segments"],
    onSuccess: () =>
      sayUndo(t("“{name}” archived", { name: segment.name }), () =>
        restore.mutateAsync(segment.id),
      ),
  });
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
            aria-label={t("Actions for {name}", { name: segment.name })}
          >
            <IconDots size={15} stroke={1.6} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {segment.archivedAt ? (
            <Menu.Item onClick={() => restore.mutate(segment.id, { onError: sayError })}>
              {t("Restore segment")}
            </Menu.Item>
          ) : (
            <Menu.Item onClick={() => archive.mutate(segment.id, { onError: sayError })}>
              {t("Archive segment")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
