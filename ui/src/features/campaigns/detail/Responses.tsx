import { Button, Group } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useList } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { type Column, DataTable } from "../../../shared/table";
import { DayTime, Disposition, EmptyState, None, Num } from "../../../shared/ui";
import type { Campaign } from "../types";

interface Response {
  id: string | number;
  contactName?: string | null;
  customerName?: string | null;
  fromAddress?: string | null;
  from?: string | null;
  disposition: string;
  sentiment?: string | null;
  summary?: string | null;
  receivedAt: string;
  cardId?: string | null;
}

/** What customers answered, with the card that each answer became. */
export function Responses({ campaign }: { campaign: Campaign }): ReactNode {
  const go = useGo();
  const [chosen, setChosen] = useState("");
  const list = useList<Response>(`/campaigns/${campaign.id}/responses`, { disposition: chosen });
  const totals = list.data?.pages[0]?.dispositions?.filter((one) => one.count > 0) ?? [];
  const columns: Column<Response>[] = [
    {
      key: "disposition",
      header: t("Kind"),
      width: "170px",
      cell: (row) => <Disposition of={row.disposition} />,
    },
    {
      key: "who",
      header: t("From"),
      width: "minmax(150px, 1fr)",
      cell: (row) => (
        <b className="ellipsis">
          {row.contactName ?? row.customerName ?? row.fromAddress ?? row.from ?? <None />}
        </b>
      ),
    },
    {
      key: "summary",
      header: t("What they said"),
      width: "minmax(200px, 3fr)",
      cell: (row) => <span className="ellipsis">{row.summary ?? ""}</span>,
    },
    {
      key: "at",
      header: t("Received"),
      width: "150px",
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
        onOpen={(row) => row.cardId && go(`/board?card=${row.cardId}`)}
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
