import { Button, Skeleton, Switch, TextInput } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { post, useGet, useSend } from "../../shared/api";
import { say } from "../../shared/feedback";
import { ActionButton } from "../../shared/form";
import { day, dayTime } from "../../shared/format";
import { objectiveLabel } from "../../shared/format/campaign";
import { t, tn } from "../../shared/i18n";
import { AppLink, useGo } from "../../shared/link";
import { Callout, channelLabel, InlineError, PageHeader, Person, useLate } from "../../shared/ui";
import { decidedWord } from "./Approvals";
import classes from "./approvals.module.css";
import { Compare } from "./Compare";
import type { ApprovalDetail } from "./types";

/** One request: whom it reaches, what it says, what changed; and the decision. */
export function ApprovalPane({ id }: { id: string }): ReactNode {
  const query = useGet<ApprovalDetail>(`/approvals/${id}`);
  const late = useLate(150);
  const [onlyChanges, setOnlyChanges] = useState(true);
  const approval = query.data?.id === id ? query.data : undefined;
  if (!approval) {
    return (
      <div className={classes.pad}>
        {query.error ? (
          <InlineError error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          late && <Skeleton height={200} />
        )}
      </div>
    );
  }
  const about = [
    t("{name} sent version {version} {at}", {
      name: approval.submittedByName,
      version: approval.objectVersion,
      at: dayTime(approval.submittedAt),
    }),
    approval.objective ? objectiveLabel(approval.objective) : undefined,
    approval.channel ? channelLabel(approval.channel) : undefined,
  ].filter(Boolean);
  const href =
    approval.objectType === "offer"
      ? `/offers/${approval.objectId}`
      : `/campaigns/${approval.objectId}`;
  return (
    <>
      <div className={classes.head}>
        <PageHeader
          title={approval.name}
          text={about.join(" · ")}
          actions={
            <AppLink href={href} className={classes.open}>
              {approval.objectType === "offer" ? t("Open the offer") : t("Open the campaign")}
            </AppLink>
          }
        />
        {approval.objectType === "campaign" && (
          <div className={classes.versions} data-first={!approval.previous || undefined}>
            <span>
              {approval.previous ? (
                <>
                  <b>{t("Version {version}", { version: approval.previous.version })}</b>{" "}
                  {approval.previous.approvedAt &&
                    t("approved {day}", { day: day(approval.previous.approvedAt) })}
                </>
              ) : (
                t("Nothing was approved before")
              )}
            </span>
            <span className={classes.newer}>
              <span>
                <b>{t("Version {version}", { version: approval.objectVersion })}</b>{" "}
                {approval.previous
                  ? tn(approval.changes.length, "{n} change", "{n} changes")
                  : t("all of it is new")}
              </span>
              {approval.previous && (
                <Switch
                  label={t("Only changes")}
                  checked={onlyChanges}
                  onChange={(event) => setOnlyChanges(event.currentTarget.checked)}
                />
              )}
            </span>
          </div>
        )}
      </div>
      <section
        className={classes.body}
        data-first={!approval.previous || undefined}
        aria-label={t("What changed")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll what is to be decided
        tabIndex={0}
      >
        {approval.note && (
          <Callout tone="info">
            <b>{approval.submittedByName}:</b> {approval.note}
          </Callout>
        )}
        {approval.decisions.map((one) => (
          <div key={one.userId} className={classes.decision}>
            <Person
              name={one.userName}
              text={`${one.isApproved ? t("approved") : t("rejected")} ${dayTime(one.decidedAt)}`}
            />
            {one.comment && <p>{one.comment}</p>}
          </div>
        ))}
        {approval.objectType === "campaign" ? (
          <Compare approval={approval} onlyChanges={onlyChanges} />
        ) : (
          <p className={classes.quiet}>
            {t("Look at the offer’s texts, rewards and codes, then decide here.")}
          </p>
        )}
      </section>
      <Decision approval={approval} onDone={() => void query.refetch()} />
    </>
  );
}

interface DecisionProps {
  approval: ApprovalDetail;
  onDone: () => void;
}

function Decision({ approval, onDone }: DecisionProps): ReactNode {
  const go = useGo();
  const [comment, setComment] = useState("");
  const [missing, setMissing] = useState(false);
  const decide = useSend(
    (what: "approve" | "reject") => post(`/approvals/${approval.id}/${what}`, { comment }),
    {
      stale: ["approvals", "campaigns", "offers", "home", "pulse"],
      onSuccess: (_, what) => {
        say(
          what === "approve"
            ? t("“{name}” approved", { name: approval.name })
            : t("“{name}” rejected", { name: approval.name }),
        );
        onDone();
        go("/approvals");
      },
    },
  );
  if (approval.status !== "pending") {
    return (
      <footer className={classes.foot}>
        <span className={classes.quiet}>
          {approval.decidedAt
            ? t("Version {version} was {what} {at}", {
                version: approval.objectVersion,
                what: decidedWord(approval.status),
                at: dayTime(approval.decidedAt),
              })
            : decidedWord(approval.status)}
        </span>
      </footer>
    );
  }
  const reject = () => {
    if (comment.trim() === "") setMissing(true);
    else decide.mutate("reject");
  };
  return (
    <footer className={classes.foot}>
      {decide.error && (
        <span className={classes.error} role="alert">
          {decide.error.message}
        </span>
      )}
      <TextInput
        className={classes.comment}
        aria-label={t("Note for {name}", { name: approval.submittedByName })}
        placeholder={t("Note for {name}, needed to reject", { name: approval.submittedByName })}
        error={missing && comment.trim() === ""}
        disabled={!approval.mayDecide}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      {approval.whyNot && <span className={classes.quiet}>{approval.whyNot}</span>}
      {approval.mayDecide && (
        <Button color="red" variant="outline" loading={decide.isPending} onClick={reject}>
          {t("Reject")}
        </Button>
      )}
      <ActionButton
        variant="filled"
        keys="a"
        leftSection={<IconCheck size={15} stroke={1.8} />}
        disabled={!approval.mayDecide}
        loading={decide.isPending}
        onClick={() => decide.mutate("approve")}
      >
        {t("Approve version {version}", { version: approval.objectVersion })}
      </ActionButton>
    </footer>
  );
}
