import { Button, Group } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ResponseView } from "../../../gen";
import { useList } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { type Column, DataTable } from "../../../shared/table";
import { DayTime, Disposition, EmptyState, Num } from "../../../shared/ui";
import type { Campaign } from "../types";
import { AfterReply } from "./AfterReply";

/** What customers answered, with the card that each answer became. */
export function Responses({ campaign }: { campaign: Campaign }): ReactNode {
  const go = useGo();
  const [chosen, setChosen] = useState("");
  const list = useList<ResponseView>(`/campaigns/${campaign.id}/responses`, {
    disposition: chosen,
  });
  const totals = list.data?.pages[0]?.dispositions?.filter((one) => one.count > 0) ?? [];
  const columns: Column<ResponseView>[] = [
    {
      key: "disposition",
      header: t("Kind"),
      width: "150px",
      cell: (row) => <Disposition of={row.disposition} />,
    },
    {
      key: "who",
      header: t("From"),
      width: "minmax(140px, 1fr)",
      cell: (row) => (
        <b className="ellipsis" title={row.from}>
          {row.contactName}
        </b>
      ),
    },
    {
      key: "summary",
      header: t("What they said"),
      width: "minmax(160px, 3fr)",
      cell: (row) => (
        <span className="ellipsis" title={row.body}>
          {row.summary || row.body}
        </span>
      ),
    },
    {
      key: "after",
      header: t("What follows"),
      width: "210px",
      cell: (row) => <AfterReply row={row} />,
    },
    {
      key: "at",
      header: t("Received"),
      width: "130px",
      cell: (row) => <DayTime at={row.receivedAt} />,
    },
  ];
  return (
    <>
      {totals.length > 0 && (
        <Group gap={8} mb={12} role="group" aria-label={t("What the replies mean")}>
          {totals.map((one) => (
            <Button
              key={one.disposition}
              size="xs"
              variant={one.disposition === chosen ? "light" : "default"}
              aria-pressed={one.disposition === chosen}
              onClick={() => setChosen(one.disposition === chosen ? "" : one.disposition)}
              rightSection={<Num value={one.count} />}
            >
              <Disposition of={one.disposition} />
            </Button>
          ))}
        </Group>
      )}
      <DataTable
        {...list.table}
        inline
        label={t("Responses")}
        columns={columns}
        rowKey={(row) => String(row.id)}
        onOpen={(row) => {
          const href = hrefOf(row);
          if (href) go(href);
        }}
        empty={
          <EmptyState
            title={t("Nobody answered yet")}
            text={t("Replies show here with what they mean and the card they became.")}
          />
        }
      />
    </>
  );
}

/** The card that the answer became; who answered, where nobody had to act and we know them. */
function hrefOf(row: ResponseView): string | undefined {
  if (row.cardId) return `/board?card=${row.cardId}`;
  return row.contactId ? `/customers/${row.contactId}` : undefined;
}
