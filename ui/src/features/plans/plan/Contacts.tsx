import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useList } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { Chip, type Column, DataTable, Toolbar, useFilters } from "../../../shared/table";
import { DayTime, EmptyState, None, StatusMark, TimeAhead } from "../../../shared/ui";
import type { PlanContact, PlanDetail } from "../model/types";
import { contactShape, contactWord } from "../model/words";
import classes from "../plans.module.css";
import { PathDrawer } from "./PathDrawer";

const STATUSES = ["active", "completed", "stopped", "exited"];

interface ContactsProps {
  plan: PlanDetail;
  /** Only who is there. */
  node: string | undefined;
  onAll: () => void;
}

/** Who is in a plan; a row opens the way that the person went. */
export function Contacts({ plan, node, onAll }: ContactsProps): ReactNode {
  const [open, setOpen] = useState<PlanContact>();
  const filters = useFilters({
    status: {
      label: t("Status"),
      options: STATUSES.map((key) => ({ key, label: contactWord(key) })),
    },
  });
  const list = useList<PlanContact>(`/plans/${plan.id}/contacts`, { node, ...filters.values });
  const isNarrowed = node !== undefined || filters.isOn;
  const all = () => {
    filters.clear();
    if (node !== undefined) onAll();
  };
  return (
    <section className={classes.contacts} aria-label={t("People in this plan")}>
      {(isNarrowed || (list.total ?? 0) > 0) && (
        <Toolbar>
          {node !== undefined && <Chip label={t("At {node}", { node })} onRemove={onAll} />}
          {filters.bar}
        </Toolbar>
      )}
      <DataTable
        {...list.table}
        label={t("People in this plan")}
        columns={columns()}
        rowKey={(contact) => `${contact.customerId} ${contact.enrolledAt}`}
        onOpen={setOpen}
        tone={(contact) => (contact.status === "active" ? undefined : "quiet")}
        empty={
          isNarrowed ? (
            <EmptyState
              title={node ? t("Nobody is at {node}", { node }) : t("Nobody is like that")}
              action={<Button onClick={all}>{t("Show everybody")}</Button>}
            />
          ) : (
            <EmptyState
              title={t("Nobody is in this plan yet")}
              text={t("Who is in its segments begins when the plan is started.")}
            />
          )
        }
      />
      <PathDrawer plan={plan} contact={open} onClose={() => setOpen(undefined)} />
    </section>
  );
}

const columns = (): Column<PlanContact>[] => [
  {
    key: "name",
    header: t("Customer"),
    width: "minmax(160px, 2fr)",
    cell: (contact) => (
      <b className="ellipsis" title={contact.name}>
        {contact.name || t("Customer {id}", { id: contact.customerId })}
      </b>
    ),
  },
  {
    key: "status",
    header: t("Status"),
    width: "132px",
    cell: (contact) => (
      <StatusMark status={contactShape(contact.status)} label={contactWord(contact.status)} />
    ),
  },
  {
    key: "node",
    header: t("Node"),
    width: "minmax(120px, 2fr)",
    cell: (contact) => (
      <span className="ellipsis" title={contact.currentNodeId}>
        {contact.currentNodeId}
      </span>
    ),
  },
  {
    key: "since",
    header: t("There since"),
    width: "140px",
    cell: (contact) => <DayTime at={contact.enteredAt} />,
  },
  {
    key: "due",
    header: t("Next step"),
    width: "132px",
    cell: (contact) => (contact.nextDueAt ? <TimeAhead at={contact.nextDueAt} /> : <None />),
  },
];
