import { Drawer, Skeleton } from "@mantine/core";
import { IconArrowRight, IconClockHour4, IconFlag, IconLogin2 } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useGet } from "../../../shared/api";
import { dayTime } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import {
  InlineError,
  KeyValue,
  SectionTitle,
  StatusMark,
  Timeline,
  type TimelineItem,
} from "../../../shared/ui";
import type { PlanContact, PlanDetail, PlanPath } from "../model/types";
import { contactShape, contactWord, eventWord } from "../model/words";
import classes from "../plans.module.css";

interface PathDrawerProps {
  plan: PlanDetail;
  contact: PlanContact | undefined;
  onClose: () => void;
}

/** The way that one person went through a plan, and what is planned next. */
export function PathDrawer({ plan, contact, onClose }: PathDrawerProps): ReactNode {
  return (
    <Drawer
      position="right"
      size={460}
      opened={contact !== undefined}
      onClose={onClose}
      title={contact?.name || t("Customer")}
    >
      {contact && <Body plan={plan} contact={contact} />}
    </Drawer>
  );
}

function Body({ plan, contact }: { plan: PlanDetail; contact: PlanContact }): ReactNode {
  const query = useGet<PlanPath>(`/plans/${plan.id}/contacts/${contact.customerId}/path`);
  const path = query.data?.contact.customerId === contact.customerId ? query.data : undefined;
  const now = path?.contact ?? contact;
  return (
    <div className={classes.section}>
      <KeyValue
        labelWidth="110px"
        rows={[
          {
            label: t("Status"),
            value: <StatusMark status={contactShape(now.status)} label={contactWord(now.status)} />,
          },
          ...(now.reason ? [{ label: t("Why"), value: now.reason }] : []),
          { label: t("Node"), value: now.currentNodeId },
          {
            label: t("Customer"),
            value: <AppLink href={`/customers/${now.customerId}`}>{t("Open the profile")}</AppLink>,
          },
        ]}
      />
      {query.error && <InlineError error={query.error} onRetry={() => void query.refetch()} />}
      {!path && !query.error && <Skeleton height={200} />}
      {path && (
        <>
          {path.waitsFor.length > 0 && (
            <section>
              <SectionTitle title={t("What comes next")} />
              <KeyValue labelWidth="160px" rows={path.waitsFor.map(waitRow)} />
            </section>
          )}
          <section>
            <SectionTitle title={t("The way so far")} />
            <Timeline items={[...path.steps].reverse().map(itemOf)} />
          </section>
        </>
      )}
    </div>
  );
}

const waitRow = (wait: PlanPath["waitsFor"][number]) => ({
  label: wait.event ? eventWord(wait.event) : (wait.nodeId ?? ""),
  value: dayTime(wait.dueAt),
});

function itemOf(step: PlanPath["steps"][number]): TimelineItem {
  const icon = !step.from ? IconLogin2 : step.to ? IconArrowRight : IconFlag;
  const Shown = step.event.startsWith("no_") ? IconClockHour4 : icon;
  return {
    id: String(step.step),
    at: step.at,
    icon: <Shown size={15} stroke={1.6} />,
    title: step.to
      ? step.from
        ? t("{event}: on to {node}", { event: eventWord(step.event), node: step.to })
        : t("Enrolled at {node}", { node: step.to })
      : t("{event}: the end", { event: eventWord(step.event) }),
    text: step.why || undefined,
  };
}
