import { Button, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { post, useGet, useMay, useSend } from "../../../shared/api";
import { rewardValue } from "../../../shared/catalogue";
import { sayError } from "../../../shared/feedback";
import { day } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { AppLink, useGo } from "../../../shared/link";
import { languageName } from "../../../shared/message";
import {
  Callout,
  channelLabel,
  DayTime,
  InlineError,
  KeyValue,
  None,
  PageHeader,
  SectionTitle,
  StatusMark,
  shapeOf,
} from "../../../shared/ui";
import classes from "../offers.module.css";
import type { OfferDetail, OfferProblem } from "../types";
import { approvalWord, priceSummary, statusShape, statusWord, steps, triggers } from "../words";
import type { StepProps } from "./props";

/** Everything on one page, each part with the way back to its step, and what is left to mend. */
export function ReviewStep({ form, offer, readOnly, goTo }: StepProps): ReactNode {
  return (
    <div style={{ maxWidth: 860, display: "grid", gap: 20 }}>
      <PageHeader
        flush
        title={t("Review")}
        aside={<StatusMark status={statusShape(offer)} label={statusWord(offer)} />}
        text={
          offer.campaigns > 0
            ? t("{count} campaigns send this offer.", { count: offer.campaigns })
            : t("No campaign sends this offer yet.")
        }
        actions={<Actions form={form} offer={offer} readOnly={readOnly} />}
      />
      <Problems offer={offer} goTo={goTo} />
      <Approval offer={offer} reload={form.reload} />
      <Summary offer={offer} goTo={goTo} />
      <Versions offer={offer} />
    </div>
  );
}

/** Taking the offer out of use, back from the archive, or a copy of it. */
function Actions({
  form,
  offer,
  readOnly,
}: Pick<StepProps, "form" | "offer" | "readOnly">): ReactNode {
  const go = useGo();
  const may = useMay()("editContent");
  const copy = useSend(() => post<OfferDetail>(`/offers/${offer.id}/clone`), {
    stale: ["offers"],
    onSuccess: (made) => go(`/offers/${made.id}`),
  });
  const toDraft = () => void form.save({ status: "draft" }).catch(sayError);
  if (!may) return null;
  return (
    <>
      <Button
        loading={copy.isPending}
        onClick={() => copy.mutate(undefined, { onError: sayError })}
      >
        {t("Clone offer")}
      </Button>
      {offer.status === "active" && !readOnly && (
        <Button onClick={toDraft}>{t("Take out of use")}</Button>
      )}
      {offer.status === "archived" && <Button onClick={toDraft}>{t("Restore as draft")}</Button>}
    </>
  );
}

interface OfferVersion {
  version: number;
  createdAt: string;
}

/** What was put to use, newest first; campaigns that ran keep the texts of their version. */
function Versions({ offer }: { offer: OfferDetail }): ReactNode {
  const versions = useGet<OfferVersion[]>(`/offers/${offer.id}/versions`, { of: offer.version });
  if (!versions.data || versions.data.length === 0) return null;
  return (
    <section>
      <SectionTitle title={t("Versions")} line />
      <KeyValue
        labelWidth="200px"
        rows={versions.data.map((one) => ({
          label: t("Version {version}", { version: one.version }),
          value: (
            <>
              {t("put to use")} <DayTime at={one.createdAt} />
            </>
          ),
        }))}
      />
    </section>
  );
}

function Problems({
  offer,
  goTo,
}: {
  offer: OfferDetail;
  goTo: (step: string) => void;
}): ReactNode {
  const label = (problem: OfferProblem) =>
    steps().find((step) => step.key === problem.step)?.label ?? "";
  const sorted = [...offer.problems].sort((a, b) => a.severity.localeCompare(b.severity));
  if (sorted.length === 0) {
    return (
      <Callout tone="good">
        {offer.status === "active"
          ? t("Nothing is missing: campaigns can send this offer.")
          : t("Nothing is missing: the offer can be put to use.")}
      </Callout>
    );
  }
  return (
    <section>
      <SectionTitle title={t("To look at")} line />
      <ul className={classes.review}>
        {sorted.map((problem) => (
          <li key={`${problem.path}-${problem.code}-${problem.message}`}>
            <StatusMark status={problem.severity === "error" ? "failed" : "warning"} label="" />
            <span style={{ flex: 1, minWidth: 0 }}>
              {problem.message}
              <span className={classes.where}> {placeOf(offer, problem) ?? label(problem)}</span>
            </span>
            <Button size="xs" onClick={() => goTo(problem.step)}>
              {t("Open {step}", { step: label(problem).toLowerCase() })}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** "SMS, Swahili" for a problem of a text. */
function placeOf(offer: OfferDetail, problem: OfferProblem): string | undefined {
  const place = problem.path.match(/^creatives\[(\d+)\]/)?.[1];
  const creative = place === undefined ? undefined : offer.creatives[Number(place)];
  return creative && `${channelLabel(creative.channel)}, ${languageName(creative.locale)}`;
}

function Approval({ offer, reload }: { offer: OfferDetail; reload: () => void }): ReactNode {
  const may = useMay();
  const [comment, setComment] = useState("");
  const act = useSend((verb: string) => post(`/offers/${offer.id}/${verb}`, { comment }), {
    stale: ["offers", "approvals"],
    onSuccess: () => {
      setComment("");
      reload();
    },
  });
  const usable = offer.problems.every((problem) => problem.severity === "warning");
  const pending = offer.approvalStatus === "pending";
  const canSubmit =
    may("editContent") &&
    !pending &&
    offer.approvalStatus !== "approved" &&
    offer.status !== "archived";
  return (
    <section>
      <SectionTitle
        title={t("Approval")}
        line
        aside={
          <StatusMark
            status={
              pending
                ? "waiting_approval"
                : shapeOf(offer.approvalStatus === "not_submitted" ? "draft" : offer.approvalStatus)
            }
            label={approvalWord(offer)}
          />
        }
      />
      <div className={classes.approval}>
        {pending && may("approve") ? (
          <>
            <Textarea
              aria-label={t("Comment")}
              placeholder={t("Comment, needed to reject")}
              minRows={1}
              value={comment}
              onChange={(event) => setComment(event.currentTarget.value)}
              style={{ flex: 1 }}
            />
            <Button
              color="red"
              variant="outline"
              loading={act.isPending}
              disabled={comment.trim() === ""}
              onClick={() => act.mutate("reject")}
            >
              {t("Reject version {version}", { version: offer.version })}
            </Button>
            <Button loading={act.isPending} onClick={() => act.mutate("approve")}>
              {t("Approve version {version}", { version: offer.version })}
            </Button>
          </>
        ) : canSubmit ? (
          <>
            <span style={{ flex: 1 }}>
              {usable
                ? t(
                    "Somebody who did not work on the offer decides. Campaigns that send it are approved on their own.",
                  )
                : t("Mend the problems above first.")}
            </span>
            <Button disabled={!usable} loading={act.isPending} onClick={() => act.mutate("submit")}>
              {t("Ask for approval")}
            </Button>
          </>
        ) : (
          <span>
            {pending
              ? t("An approver who did not work on the offer decides.")
              : t("A change makes a new version that needs its own approval.")}
          </span>
        )}
      </div>
      {act.error && <InlineError error={act.error} />}
    </section>
  );
}

function Summary({ offer, goTo }: { offer: OfferDetail; goTo: (step: string) => void }): ReactNode {
  const trigger = (value: string) => triggers().find((one) => one.value === value)?.label ?? value;
  const edit = (step: string) => (
    <AppLink
      href={`/offers/${offer.id}?step=${step}`}
      onClick={(event) => {
        event.preventDefault();
        goTo(step);
      }}
    >
      {t("Change")}
    </AppLink>
  );
  const parts = [
    {
      step: "base",
      title: t("Base"),
      rows: [
        { label: t("Name"), value: offer.name },
        { label: t("Description"), value: offer.description || <None /> },
        {
          label: t("Valid"),
          value: `${offer.validFrom ? day(offer.validFrom) : t("At once")} – ${offer.validUntil ? day(offer.validUntil) : t("No end")}`,
        },
      ],
    },
    {
      step: "products",
      title: t("Products"),
      rows: offer.products.map((product) => ({
        label: product.name,
        value: priceSummary([product]),
      })),
    },
    {
      step: "creatives",
      title: t("Creatives"),
      rows: offer.creatives.map((creative) => ({
        label: `${channelLabel(creative.channel)}, ${languageName(creative.locale)}`,
        value: (
          <span className="ellipsis" style={{ display: "block" }} title={creative.textBody}>
            {creative.channel === "email" ? creative.title : creative.textBody}
          </span>
        ),
      })),
    },
    {
      step: "rewards",
      title: t("Rewards"),
      rows: offer.rewards.map((reward) => ({
        label: rewardValue(reward),
        value: t("when the customer {acts}", { acts: trigger(reward.grantedOn).toLowerCase() }),
      })),
    },
    {
      step: "tracking",
      title: t("Tracking"),
      rows: [
        ...(offer.codeMode === "none"
          ? []
          : [
              {
                label: offer.codeMode === "shared" ? t("Code") : t("Codes begin with"),
                value: offer.code,
              },
            ]),
        ...offer.trackingSources.map((one) => ({ label: one.source, value: one.value })),
      ],
    },
  ];
  return (
    <>
      {parts.map((part) => (
        <section key={part.step}>
          <SectionTitle title={part.title} aside={edit(part.step)} line />
          {part.rows.length > 0 ? (
            <KeyValue
              rows={part.rows.map((row, place) => ({ ...row, label: row.label || `${place + 1}` }))}
              labelWidth="200px"
            />
          ) : (
            <p className={classes.nothing}>{t("Nothing here.")}</p>
          )}
        </section>
      ))}
    </>
  );
}
