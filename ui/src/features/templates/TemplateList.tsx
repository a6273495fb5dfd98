import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useList, useMay } from "../../shared/api";
import { ActionButton } from "../../shared/form";
import { number } from "../../shared/format";
import { t } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { languageName } from "../../shared/message";
import { Chip, type Column, DataTable, FilterMenu, Toolbar } from "../../shared/table";
import {
  Channels,
  channelLabel,
  EmptyState,
  Page,
  PageHeader,
  RelativeTime,
} from "../../shared/ui";
import type { Template } from "./types";

const CHANNELS = ["sms", "email", "whatsapp", "push"] as const;

/** Messages of their own, for campaigns without an offer. */
export function TemplateList(): ReactNode {
  const go = useGo();
  const may = useMay()("editContent");
  const [search, setSearch] = useState("");
  const [channel, setChannel] = useState<string>();
  const [archived, setArchived] = useState(false);
  const list = useList<Template>("/templates", {
    search,
    channel,
    archived: archived || undefined,
  });
  const columns: Column<Template>[] = [
    {
      key: "name",
      header: t("Template"),
      width: "minmax(180px, 2fr)",
      cell: (row) => <b>{row.name}</b>,
    },
    {
      key: "channel",
      header: t("Channel"),
      width: "90px",
      cell: (row) => <Channels of={[row.channel]} />,
    },
    {
      key: "locale",
      header: t("Language"),
      width: "120px",
      cell: (row) => languageName(row.locale),
    },
    {
      key: "text",
      header: t("Begins with"),
      width: "minmax(160px, 3fr)",
      cell: (row) => (
        <span className="ellipsis" style={{ color: "var(--m-text2)" }}>
          {(row.channel === "email" && row.subject) || row.textBody}
        </span>
      ),
    },
    {
      key: "version",
      header: t("Version"),
      width: "80px",
      right: true,
      optional: true,
      cell: (row) => number(row.version),
    },
    {
      key: "updated",
      header: t("Changed"),
      width: "110px",
      right: true,
      cell: (row) => <RelativeTime at={row.updatedAt} />,
    },
  ];
  const filtered = Boolean(search || channel || archived);
  const create = () => go("/templates/new");
  return (
    <Page
      title={t("Templates")}
      fill
      head={
        <>
          <PageHeader
            title={t("Templates")}
            aside={list.total !== undefined && number(list.total)}
            actions={
              <ActionButton
                variant="filled"
                keys="c"
                leftSection={<IconPlus size={15} stroke={1.8} />}
                reason={may ? undefined : t("Managers write templates")}
                onClick={create}
              >
                {t("Write template")}
              </ActionButton>
            }
          />
          <Toolbar search={search} onSearch={setSearch} placeholder={t("Name of a template")}>
            {channel && (
              <Chip
                label={t("On {channel}", { channel: channelLabel(channel) })}
                onRemove={() => setChannel(undefined)}
              />
            )}
            {archived && <Chip label={t("Archived")} onRemove={() => setArchived(false)} />}
            <FilterMenu
              groups={[
                {
                  label: t("Channel"),
                  options: CHANNELS.map((one) => ({
                    label: channelLabel(one),
                    on: channel === one,
                    onToggle: () => setChannel(channel === one ? undefined : one),
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
        label={t("Templates")}
        columns={columns}
        rowKey={(row) => row.id}
        href={(row) => `/templates/${row.id}`}
        onOpen={(row) => go(`/templates/${row.id}`)}
        empty={
          filtered ? (
            <EmptyState
              title={
                search
                  ? t("No template matches “{search}”", { search })
                  : t("No template matches these filters")
              }
              action={
                <Button
                  onClick={() => {
                    setSearch("");
                    setChannel(undefined);
                    setArchived(false);
                  }}
                >
                  {t("Show all templates")}
                </Button>
              }
            />
          ) : (
            <EmptyState
              title={t("No templates yet")}
              text={t(
                "A template is a message for campaigns that send no offer, such as an introduction or a reminder.",
              )}
              action={may && <Button onClick={create}>{t("Write template")}</Button>}
            />
          )
        }
      />
    </Page>
  );
}
