import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { post, useList, useSend } from "../../shared/api";
import { sayError, sayUndo } from "../../shared/feedback";
import { t, tn } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { type Column, DataTable, SelectionBar } from "../../shared/table";
import { EmptyState, None, Person } from "../../shared/ui";
import { type Member, memberName, type SegmentDetail } from "./types";

/** The people in a stored segment now; those of a list can be taken off it. */
export function Members({ segment, may }: { segment: SegmentDetail; may: boolean }): ReactNode {
  const go = useGo();
  const list = useList<Member>(`/segments/${segment.id}/members`);
  const isList = segment.type === "static";
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const add = useSend(
    (customerIds: number[]) => post(`/segments/${segment.id}/members`, { customerIds }),
    {
      stale: ["segments"],
    },
  );
  const take = useSend(
    (customerIds: number[]) => post(`/segments/${segment.id}/members/remove`, { customerIds }),
    {
      stale: ["segments"],
      onSuccess: (_, ids) => {
        setSelected(new Set());
        const said = tn(
          ids.length,
          "{n} person taken off the list",
          "{n} people taken off the list",
        );
        sayUndo(said, () => add.mutateAsync(ids));
      },
    },
  );
  return (
    <>
      <DataTable
        {...list.table}
        label={t("People in this segment")}
        columns={columns()}
        rowKey={(row) => String(row.id)}
        onOpen={(row) => go(`/customers/${row.id}`)}
        href={(row) => `/customers/${row.id}`}
        selected={isList && may ? selected : undefined}
        onSelect={isList && may ? setSelected : undefined}
        empty={
          <EmptyState
            title={t("Nobody is in this segment now")}
            text={
              isList
                ? t(
                    "Put people on the list by their external IDs, email addresses or phone numbers.",
                  )
                : t("Nobody who is active and did not opt out matches its conditions.")
            }
          />
        }
      />
      <SelectionBar count={selected.size} onClear={() => setSelected(new Set())}>
        <Button onClick={() => take.mutate([...selected].map(Number), { onError: sayError })}>
          {t("Take off the list")}
        </Button>
      </SelectionBar>
    </>
  );
}

function columns(): Column<Member>[] {
  const or = (text: string | null) => text ?? <None />;
  return [
    {
      key: "name",
      header: t("Name"),
      width: "minmax(180px, 2fr)",
      cell: (row) => <Person name={memberName(row)} size={20} />,
    },
    { key: "phone", header: t("Phone number"), width: "150px", cell: (row) => or(row.phone) },
    {
      key: "email",
      header: t("Email address"),
      width: "minmax(160px, 2fr)",
      optional: true,
      cell: (row) => <span className="ellipsis">{or(row.email)}</span>,
    },
    { key: "city", header: t("City"), width: "minmax(90px, 1fr)", cell: (row) => or(row.city) },
    { key: "tier", header: t("Tier"), width: "90px", cell: (row) => or(row.tier) },
    {
      key: "purchase",
      header: t("Last purchase"),
      width: "110px",
      right: true,
      optional: true,
      cell: (row) => or(row.lastPurchaseDate),
    },
  ];
}
