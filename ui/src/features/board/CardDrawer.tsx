import { ActionIcon, Button, Menu, Select } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconClock, IconPhone, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { patch, useGet, useMay, usePage, useSend } from "../../shared/api";
import { sayError } from "../../shared/feedback";
import { deadline } from "../../shared/format";
import { t } from "../../shared/i18n";
import { useShortcut } from "../../shared/keys";
import { AppLink } from "../../shared/link";
import { DayTime, InlineError, Money, Person, StatusMark, useLate, useNow } from "../../shared/ui";
import { Composer } from "./Composer";
import classes from "./drawer.module.css";
import { Thread } from "./Thread";
import type { CardDetail, Here } from "./types";
import { columnLabel, priorityLabel, queueLabel } from "./words";

interface DrawerProps {
  id: string;
  /** Others who have this card open. */
  people: Here[];
  onClose: () => void;
  onStep: (by: number) => void;
  onWriting: (isWriting: boolean) => void;
}

/** The open card: who it is about, what was said, and the answer. */
export function CardDrawer({ id, people, onClose, onStep, onWriting }: DrawerProps): ReactNode {
  const card = useGet<CardDetail>(`/cards/${id}`);
  const late = useLate(150);
  const canWork = useMay()("workBoard");
  useShortcut("escape", t("Close the card"), onClose);
  const detail = card.data?.card.id === id ? card.data : undefined;
  return (
    <aside className={classes.drawer} aria-label={t("Card")}>
      <header className={classes.top}>
        <span className={classes.number}>{detail ? `#${detail.card.number}` : ""}</span>
        {detail && <Late detail={detail} />}
        <span className={classes.tools}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("Previous card")}
            onClick={() => onStep(-1)}
          >
            <IconChevronUp size={16} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("Next card")}
            onClick={() => onStep(1)}
          >
            <IconChevronDown size={16} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("Close the card")}
            onClick={onClose}
          >
            <IconX size={16} />
          </ActionIcon>
        </span>
      </header>
      {card.error && (
        <div className={classes.pad}>
          <InlineError error={card.error} onRetry={() => void card.refetch()} />
        </div>
      )}
      {!detail && !card.error && late && (
        <div className={classes.pad} aria-busy="true">
          {t("Opening the card")}
        </div>
      )}
      {detail && (
        <>
          <Who detail={detail} canWork={canWork} />
          <Thread detail={detail} canWork={canWork} />
          {canWork ? (
            <Composer key={detail.card.id} detail={detail} people={people} onWriting={onWriting} />
          ) : (
            <p className={classes.readOnly}>
              {t("Your role reads cards; sales reps and managers answer them.")}
            </p>
          )}
        </>
      )}
    </aside>
  );
}

function Late({ detail }: { detail: CardDetail }): ReactNode {
  const now = useNow();
  const { card } = detail;
  if (card.status === "done") return <StatusMark status="completed" label={outcomeText(detail)} />;
  if (card.status === "waiting") {
    return (
      <StatusMark
        status="waiting"
        label={card.snoozedUntil ? t("Snoozed") : columnLabel("waiting")}
      />
    );
  }
  if (!card.dueAt) return null;
  const { text, urgency } = deadline(card.dueAt, now);
  if (urgency === "calm") return <span className={classes.quiet}>{text}</span>;
  return (
    <span className={classes.badge} data-urgency={urgency}>
      <IconClock size={13} aria-hidden />
      {card.firstAnswerAt ? text : t("First answer {when}", { when: text })}
    </span>
  );
}

function outcomeText({ card }: CardDetail): string {
  if (card.outcome === "won") return t("Won");
  if (card.outcome === "lost") return t("Lost");
  return t("Closed");
}

function Who({ detail, canWork }: { detail: CardDetail; canWork: boolean }): ReactNode {
  const { card, contact } = detail;
  const about = [contact?.phone ?? contact?.email, contact?.city, contact?.tier]
    .filter(Boolean)
    .join(" · ");
  return (
    <div className={classes.who}>
      <div className={classes.person}>
        <Person name={card.contactName} size={38} only="avatar" />
        <div className={classes.names}>
          <h2 className={`${classes.name} ellipsis`} title={card.contactName}>
            {contact ? (
              <AppLink href={`/customers/${contact.id}`}>{card.contactName}</AppLink>
            ) : (
              card.contactName
            )}
          </h2>
          <div className={`${classes.quiet} ellipsis`} title={about}>
            {about || card.title}
          </div>
        </div>
        {contact?.phone && (
          <Button
            component="a"
            href={`tel:${contact.phone}`}
            variant="default"
            leftSection={<IconPhone size={15} aria-hidden />}
          >
            {t("Call")}
          </Button>
        )}
      </div>
      <div className={`${classes.title} ellipsis`} title={card.title}>
        {card.title}
      </div>
      <dl className={classes.facts}>
        <KeyValueRow label={t("Owner")}>
          <Owner detail={detail} canWork={canWork} />
        </KeyValueRow>
        <KeyValueRow
          label={t("Queue")}
        >{`${queueLabel(card.queue)}, ${priorityLabel(card.priority).toLowerCase()}`}</KeyValueRow>
        <KeyValueRow label={t("Due")}>
          <DueDate detail={detail} canWork={canWork} />
        </KeyValueRow>
        {contact && (
          <KeyValueRow label={t("Balance")}>
            <Money amount={contact.accountBalance} currency={contact.currency ?? undefined} />
          </KeyValueRow>
        )}
      </dl>
      {card.campaign_id && (
        <div className={classes.campaign}>
          <span className={classes.label}>{t("Campaign")}</span>
          <AppLink
            href={`/campaigns/${card.campaign_id}`}
            className="ellipsis"
            title={card.campaignName ?? ""}
          >
            {card.campaignName}
          </AppLink>
        </div>
      )}
    </div>
  );
}

function KeyValueRow({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <div className={classes.fact}>
      <dt className={classes.label}>{label}</dt>
      <dd className={classes.value}>{children}</dd>
    </div>
  );
}

function useChange(detail: CardDetail) {
  return useSend(
    (change: Record<string, unknown>) =>
      patch(`/cards/${detail.card.id}`, { ...change, version: detail.card.version }),
    {
      stale: ["cards", "board"],
    },
  );
}

function Owner({ detail, canWork }: { detail: CardDetail; canWork: boolean }): ReactNode {
  const { card } = detail;
  const people = usePage<{ id: string; name: string }>(
    "/users",
    { pageSize: 100 },
    { enabled: canWork },
  );
  const change = useChange(detail);
  const known = people.data?.data ?? [];
  if (!canWork || known.length === 0) {
    return card.assigneeName ? (
      <Person name={card.assigneeName} size={20} />
    ) : (
      <span>{t("Nobody yet")}</span>
    );
  }
  return (
    <Select
      size="xs"
      aria-label={t("Owner")}
      placeholder={t("Nobody yet")}
      searchable
      clearable
      value={card.assigneeId}
      data={known.map((one) => ({ value: one.id, label: one.name }))}
      onChange={(assigneeId) => change.mutate({ assigneeId }, { onError: sayError })}
    />
  );
}

function DueDate({ detail, canWork }: { detail: CardDetail; canWork: boolean }): ReactNode {
  const change = useChange(detail);
  const { dueAt } = detail.card;
  const shown = dueAt ? <DayTime at={dueAt} /> : <span>{t("No date")}</span>;
  if (!canWork) return shown;
  const set = (hours: number | null) =>
    change.mutate(
      { dueAt: hours === null ? null : new Date(Date.now() + hours * 3_600_000).toISOString() },
      { onError: sayError },
    );
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={classes.plain}>
          {shown}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => set(1)}>{t("In an hour")}</Menu.Item>
        <Menu.Item onClick={() => set(4)}>{t("In 4 hours")}</Menu.Item>
        <Menu.Item onClick={() => set(24)}>{t("Tomorrow")}</Menu.Item>
        <Menu.Item onClick={() => set(72)}>{t("In 3 days")}</Menu.Item>
        {dueAt && <Menu.Item onClick={() => set(null)}>{t("No date")}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
