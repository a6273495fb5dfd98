import type { ReactNode } from "react";
import { useSession } from "../../shared/api";
import { ProgressBar } from "../../shared/charts";
import { duration, money, number, signed } from "../../shared/format";
import { brief, fieldWord } from "../../shared/format/campaign";
import { t } from "../../shared/i18n";
import { languageName } from "../../shared/message";
import { MailPreview } from "../../shared/message/MailPreview";
import { PhonePreview } from "../../shared/message/PhonePreview";
import { channelLabel, Person, SectionTitle, StatusShape } from "../../shared/ui";
import classes from "./approvals.module.css";
import type { ApprovalDetail, Change } from "./types";

interface CompareProps {
  approval: ApprovalDetail;
  onlyChanges: boolean;
}

const AUDIENCE = ["segments", "excludeSegments", "controlPercent"];
const MESSAGE = [
  "channel",
  "targetingType",
  "offers",
  "templateId",
  "content",
  "settings",
  "abTestConfig",
];
const SCHEDULE = [
  "scheduledAt",
  "endAt",
  "timezone",
  "misfireRule",
  "recurringSchedule",
  "type",
  "deliveryMode",
  "unknownPolicy",
  "throttleConfig",
];
const DETAILS = ["name", "description", "objective"];

/** Values that say nothing where there was no version before. */
const EMPTY = new Set(["[]", "{}"]);

/** The version approved last and the new one side by side, part by part. */
export function Compare({ approval, onlyChanges }: CompareProps): ReactNode {
  const { readiness } = approval;
  const rows = (fields: string[]) => fieldsOf(approval, fields, onlyChanges);
  const people = approval.audienceSize ?? readiness?.audience.messages ?? 0;
  const before = approval.previous?.audienceSize ?? null;
  return (
    <>
      <section className={classes.part}>
        <SectionTitle
          title={t("Audience")}
          aside={
            before !== null
              ? t("{change} messages", { change: signed(people - before, "", 0) })
              : undefined
          }
        />
        <div className={classes.compare}>
          <span className={classes.label}>{t("Messages")}</span>
          <Size value={before} whole={Math.max(people, before ?? 0)} tone="rest" />
          <Size value={people} whole={Math.max(people, before ?? 0)} tone="live" />
        </div>
        {readiness && (
          <ul className={classes.sizes}>
            {readiness.audience.segments.map((one) => (
              <li key={one.segmentId}>
                <span className="ellipsis">{one.name}</span>
                <span>{number(one.members)}</span>
              </li>
            ))}
            <Loss label={t("Excluded")} value={readiness.audience.excluded} />
            <Loss
              label={t("Suppressed or without an address")}
              value={readiness.audience.suppressed + readiness.audience.withoutAddress}
            />
            <Loss label={t("Control group")} value={readiness.audience.control} />
          </ul>
        )}
        <Rows rows={rows(AUDIENCE)} />
      </section>
      <section className={classes.part}>
        <SectionTitle title={t("Message")} aside={t("as real customers get it")} />
        <div className={classes.samples}>
          {approval.samples.map((sample) => (
            <One key={sample.contactId} sample={sample} />
          ))}
        </div>
        <Rows rows={rows(MESSAGE)} />
      </section>
      <section className={classes.part}>
        <SectionTitle title={t("Schedule and cost")} />
        <Rows
          rows={[
            ...rows(SCHEDULE),
            {
              label: t("Takes"),
              after:
                readiness?.durationSeconds !== null && readiness?.durationSeconds !== undefined
                  ? duration(readiness.durationSeconds * 1000)
                  : t("as fast as the provider"),
            },
            {
              label: t("Cost"),
              before: approval.previous?.cost
                ? money(approval.previous.cost, approval.currency)
                : undefined,
              after: approval.cost ? money(approval.cost, approval.currency) : t("no price set"),
            },
          ]}
        />
        {readiness?.problems.map((one) => (
          <p key={one.message} className={classes.finding}>
            <StatusShape status={one.severity === "error" ? "failed" : "warning"} />
            {one.message}
          </p>
        ))}
      </section>
      {rows(DETAILS).length > 0 && (
        <section className={classes.part}>
          <SectionTitle title={t("Details")} />
          <Rows rows={rows(DETAILS)} />
        </section>
      )}
    </>
  );
}

interface RowView {
  label: string;
  before?: string;
  after: string;
  changed?: boolean;
}

function fieldsOf(
  { changes, previous }: ApprovalDetail,
  fields: string[],
  onlyChanges: boolean,
): RowView[] {
  const changed = new Map<string, Change>(changes.map((one) => [one.field, one]));
  return fields.flatMap((field): RowView[] => {
    const change = changed.get(field);
    if (change) {
      const nothing =
        [null, 0, ""].includes(change.after as null) || EMPTY.has(JSON.stringify(change.after));
      if (!previous && nothing) return [];
      return [
        {
          label: fieldWord(field),
          before: previous ? brief(change.before, field) : undefined,
          after: brief(change.after, field),
          changed: previous !== null,
        },
      ];
    }
    if (onlyChanges || !previous?.snapshot) return [];
    const same = brief(previous.snapshot[field], field);
    return [{ label: fieldWord(field), before: same, after: same }];
  });
}

function Rows({ rows }: { rows: RowView[] }): ReactNode {
  return rows.map((row) => (
    <div key={row.label} className={classes.compare}>
      <span className={classes.label}>{row.label}</span>
      <span className={classes.was} data-changed={row.changed || undefined}>
        {row.before ?? "–"}
      </span>
      <span className={classes.is} data-changed={row.changed || undefined}>
        {row.after}
      </span>
    </div>
  ));
}

function Size({
  value,
  whole,
  tone,
}: {
  value: number | null;
  whole: number;
  tone: "rest" | "live";
}): ReactNode {
  return (
    <div>
      <div className={classes.size} data-old={tone === "rest" || undefined}>
        {value === null ? "–" : number(value)}
      </div>
      <ProgressBar
        label={value === null ? t("Nothing before") : number(value)}
        total={whole}
        value={value ?? 0}
        tone={tone}
        size={6}
      />
    </div>
  );
}

function Loss({ label, value }: { label: string; value: number }): ReactNode {
  if (value === 0) return null;
  return (
    <li>
      <span>{label}</span>
      <span>{number(-value)}</span>
    </li>
  );
}

function One({ sample }: { sample: ApprovalDetail["samples"][number] }): ReactNode {
  const from = useSession()?.workspace.name ?? "";
  const first = sample.messages.find((one) => one.message);
  const message = first?.message;
  if (!message) return null;
  return (
    <div className={classes.sample}>
      <Person
        name={message.customerName || t("Somebody without a name")}
        size={26}
        text={[channelLabel(message.channel), languageName(message.locale), first?.offerName]
          .filter(Boolean)
          .join(" · ")}
      />
      {message.channel === "email" ? (
        <MailPreview preview={message} from={from} />
      ) : (
        <PhonePreview preview={message} />
      )}
    </div>
  );
}
