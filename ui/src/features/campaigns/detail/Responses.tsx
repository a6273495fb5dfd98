import type { ReactNode } from "react";
import { useList } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { type Column, DataTable } from "../../../shared/table";
import { DayTime, EmptyState, None } from "../../../shared/ui";
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
  const list = useList<Response>(`/campaigns/${campaign.id}/responses`);
  const columns: Column<Response>[] = [
    {
      key: "disposition",
      header: t("Kind"),
      width: "170px",
      cell: (row) => row.disposition.toLowerCase().replaceAll("_", " "),
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
  );
}
