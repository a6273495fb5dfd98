import { Button } from "@mantine/core";
import { useParams, useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import type { Readiness } from "../../../gen";
import { post, useGet, useMay, useSend } from "../../../shared/api";
import { Actions, type Campaign } from "../../../shared/campaign";
import { say, sayError } from "../../../shared/feedback";
import { ahead, number } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { AppLink, useGo } from "../../../shared/link";
import {
  Callout,
  EmptyState,
  InlineError,
  KeyFigures,
  Loading,
  Page,
  PageHeader,
  StatusMark,
  useNow,
} from "../../../shared/ui";
import { brokenOf } from "../model/graph";
import { sketchOf } from "../model/sketch";
import type { PlanCounts, PlanDetail } from "../model/types";
import { isOver, statusShape, statusWord } from "../model/words";
import { PlanGraph } from "../PlanGraph";
import classes from "../plans.module.css";
import type { PlanSearch } from "../routes";
import { Contacts } from "./Contacts";

/** One plan: its picture with how many are where, and who they are. */
export function PlanPage(): ReactNode {
  const { id } = useParams({ strict: false }) as { id: string };
  const { node } = useSearch({ strict: false }) as PlanSearch;
  const query = useGet<PlanDetail>(`/plans/${id}`);
  const go = useGo();
  const plan = query.data?.id === id ? query.data : undefined;
  if (plan) return <Loaded key={id} plan={plan} node={node} />;
  return (
    <Page title={t("Plan")} parents={[{ label: t("Plans"), href: "/plans" }]}>
      {query.error?.status === 404 ? (
        <EmptyState
          title={t("There is no such plan")}
          text={t("It was deleted, or the link is wrong.")}
          action={<Button onClick={() => go("/plans")}>{t("Show all plans")}</Button>}
        />
      ) : query.error ? (
        <InlineError error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}

function Loaded({ plan, node }: { plan: PlanDetail; node?: string }): ReactNode {
  const go = useGo();
  const campaign = useGet<Campaign>(`/campaigns/${plan.id}`).data;
  const counts = useGet<PlanCounts>(`/plans/${plan.id}/counts`);
  const sketch = useMemo(() => sketchOf(plan.plan), [plan.plan]);
  const choose = (id?: string) =>
    go(
      id && id !== node ? `/plans/${plan.id}?node=${encodeURIComponent(id)}` : `/plans/${plan.id}`,
    );
  return (
    <Page
      title={plan.name}
      parents={[{ label: t("Plans"), href: "/plans" }]}
      fill
      head={
        <>
          <PageHeader
            title={plan.name}
            aside={<StatusMark status={statusShape(plan)} label={statusWord(plan)} strong />}
            text={<AppLink href={`/campaigns/${plan.id}`}>{t("Messages and settings")}</AppLink>}
            actions={
              campaign?.id === plan.id && (
                <>
                  <EditRunning plan={plan} />
                  <Submit plan={plan} />
                  <Actions campaign={campaign} pending={plan.contacts.active} />
                </>
              )
            }
          />
          <Mend plan={plan} />
          {plan.status === "paused" && plan.pausedReason && (
            <div className={classes.top}>
              <Callout tone="warn">{plan.pausedReason}</Callout>
            </div>
          )}
          {plan.startedAt && <Figures plan={plan} />}
        </>
      }
    >
      <div className={classes.plan}>
        <div className={classes.picture}>
          <PlanGraph
            sketch={sketch}
            counts={counts.data}
            isOver={isOver(plan.status)}
            broken={brokenOf(sketch, plan.problems)}
            selected={node}
            onSelect={choose}
          >
            <EmptyState
              title={t("Nothing is written yet")}
              text={t("A plan says what is sent, and what happens then.")}
            />
          </PlanGraph>
        </div>
        <Contacts plan={plan} node={node} onAll={() => choose()} />
      </div>
    </Page>
  );
}

/** While it runs, its text alone can be changed. */
function EditRunning({ plan }: { plan: PlanDetail }): ReactNode {
  const go = useGo();
  const may = useMay()("editContent");
  if (!may || (plan.status !== "running" && plan.status !== "paused")) return null;
  return <Button onClick={() => go(`/plans/${plan.id}/edit`)}>{t("Edit plan")}</Button>;
}

/** Asks for the signature that the workspace wants before anything is sent. */
function Submit({ plan }: { plan: PlanDetail }): ReactNode {
  const may = useMay()("runCampaigns");
  const isOpen = plan.status === "draft" && !["pending", "approved"].includes(plan.approvalStatus);
  const readiness = useGet<Readiness>(`/campaigns/${plan.id}/readiness`, undefined, {
    enabled: isOpen,
  }).data;
  const submit = useSend<void, unknown>(() => post(`/campaigns/${plan.id}/submit`, {}), {
    stale: ["plans", "campaigns", "approvals", "home", "pulse"],
    onSuccess: () => say(t("Submitted. Approvers see it in their inbox.")),
  });
  if (!may || !isOpen || !readiness?.approvalRequired) return null;
  const stops = readiness.problems.filter((one) => one.severity === "error");
  return (
    <Button
      loading={submit.isPending}
      disabled={stops.length > 0}
      title={stops[0]?.message}
      onClick={() => void submit.mutateAsync().catch(sayError)}
    >
      {t("Submit for approval")}
    </Button>
  );
}

function Mend({ plan }: { plan: PlanDetail }): ReactNode {
  const go = useGo();
  const may = useMay()("editContent");
  const [first] = plan.problems;
  if (!first) return null;
  const edit = may && (
    <Button onClick={() => go(`/plans/${plan.id}/edit`)}>{t("Mend the plan")}</Button>
  );
  return (
    <div className={classes.top}>
      <Callout tone="warn" action={edit}>
        {tn(
          plan.problems.length,
          "{n} thing keeps this plan from being started: {first}",
          "{n} things keep this plan from being started, first: {first}",
          { first: first.message },
        )}
      </Callout>
    </div>
  );
}

function Figures({ plan }: { plan: PlanDetail }): ReactNode {
  const now = useNow();
  const { active, completed, stopped, exited } = plan.contacts;
  return (
    <div className={classes.figures}>
      <KeyFigures
        figures={[
          { label: t("On the way"), value: number(active) },
          { label: t("At the end"), value: number(completed + stopped) },
          { label: t("Left the plan"), value: number(exited) },
          {
            label: t("Next step"),
            value: plan.nextDueAt && plan.status === "running" ? ahead(plan.nextDueAt, now) : "–",
          },
        ]}
      />
    </div>
  );
}
