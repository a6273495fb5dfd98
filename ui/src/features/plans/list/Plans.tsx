import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useList, useMay } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { type Column, DataTable, Toolbar } from "../../../shared/table";
import {
  EmptyState,
  None,
  Num,
  Page,
  PageHeader,
  StatusMark,
  StatusShape,
  TimeAhead,
} from "../../../shared/ui";
import type { PlanSummary } from "../model/types";
import { statusShape, statusWord } from "../model/words";
import classes from "../plans.module.css";

/** All plans: what each does with its people now. */
export function Plans(): ReactNode {
  const go = useGo();
  const may = useMay()("editContent");
  const [search, setSearch] = useState("");
  const list = useList<PlanSummary>("/plans", { search });
  const create = may && (
    <Button
      variant="filled"
      leftSection={<IconPlus size={15} stroke={1.6} />}
      onClick={() => go("/plans/new")}
    >
      {t("Create plan")}
    </Button>
  );
  return (
    <Page
      title={t("Plans")}
      fill
      head={
        <>
          <PageHeader
            title={t("Plans")}
            aside={list.total}
            text={t("Messages that follow each other, and what each person does with them.")}
            actions={create}
          />
          <Toolbar search={search} onSearch={setSearch} placeholder={t("Name of a plan")} />
        </>
      }
    >
      <DataTable
        {...list.table}
        label={t("Plans")}
        columns={columns()}
        rowKey={(plan) => plan.id}
        href={(plan) => `/plans/${plan.id}`}
        onOpen={(plan) => go(`/plans/${plan.id}`)}
        tone={(plan) => (plan.status === "cancelled" ? "quiet" : undefined)}
        empty={
          search ? (
            <EmptyState
              title={t("No plan matches “{search}”", { search })}
              action={<Button onClick={() => setSearch("")}>{t("Show all plans")}</Button>}
            />
          ) : (
            <EmptyState
              title={t("No plan yet")}
              text={
                may
                  ? t(
                      "A plan sends a message, waits for what each person does, and goes on from there: a reminder for whoever did not open it, a card for whoever answered.",
                    )
                  : t("Managers and editors write plans; they appear here.")
              }
              action={
                may && (
                  <Button onClick={() => go("/plans/new?from=example")}>
                    {t("Begin with an example")}
                  </Button>
                )
              }
            />
          )
        }
      />
    </Page>
  );
}

const columns = (): Column<PlanSummary>[] => [
  {
    key: "name",
    header: t("Plan"),
    width: "minmax(200px, 3fr)",
    cell: (plan) => (
      <span className={classes.named}>
        <b className="ellipsis" title={plan.name}>
          {plan.name}
        </b>
        {plan.problemCount > 0 && (
          <span className={classes.broken} title={t("It has to be mended before it can start")}>
            <StatusShape status="warning" />
            <span className="visually-hidden">{t("It has to be mended before it can start")}</span>
          </span>
        )}
      </span>
    ),
  },
  {
    key: "status",
    header: t("Status"),
    width: "158px",
    cell: (plan) => <StatusMark status={statusShape(plan)} label={statusWord(plan)} />,
  },
  {
    key: "active",
    header: t("On the way"),
    width: "104px",
    right: true,
    cell: (plan) => <Num value={plan.contacts.active || null} />,
  },
  {
    key: "ended",
    header: t("At the end"),
    width: "104px",
    right: true,
    cell: (plan) => <Num value={plan.contacts.completed + plan.contacts.stopped || null} />,
  },
  {
    key: "exited",
    header: t("Left the plan"),
    width: "112px",
    right: true,
    optional: true,
    cell: (plan) => <Num value={plan.contacts.exited || null} />,
  },
  {
    key: "due",
    header: t("Next step"),
    width: "132px",
    cell: (plan) => (plan.nextDueAt ? <TimeAhead at={plan.nextDueAt} /> : <None />),
  },
];
