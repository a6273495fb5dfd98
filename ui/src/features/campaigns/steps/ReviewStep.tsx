import { Button } from "@mantine/core";
import { IconArrowsShuffle } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { type ApiError, useGet } from "../../../shared/api";
import { time } from "../../../shared/format";
import { t, tn } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import { InlineError, PageHeader, SectionTitle, StatusShape, useFew } from "../../../shared/ui";
import { AudienceSteps } from "../AudienceSteps";
import classes from "../campaigns.module.css";
import { Samples } from "../Samples";
import type { Sample } from "../types";
import { checkWord, steps } from "../words";
import type { StepProps } from "./props";

interface ReviewStepProps extends StepProps {
  error: ApiError | null;
}

export function ReviewStep({ campaign, draft, readiness, error }: ReviewStepProps): ReactNode {
  const [after, setAfter] = useState(0);
  const problems = useFew(readiness?.problems ?? [], 8);
  const samples = useGet<Sample[]>(`/campaigns/${campaign.id}/samples`, { afterCustomer: after });
  if (!readiness) {
    return error ? (
      <InlineError error={error} meaning={t("The draft itself is safe.")} />
    ) : (
      <PageHeader flush title={t("Review")} text={t("Counting the audience…")} />
    );
  }
  const errors = readiness.problems.filter((one) => one.severity === "error").length;
  const last = samples.data?.at(-1)?.contactId ?? 0;
  const stepWord = (key: string) => steps().find((one) => one.key === key)?.label ?? key;
  return (
    <div className={classes.step} data-wide>
      <PageHeader
        flush
        title={t("Review")}
        aside={
          errors > 0
            ? tn(
                errors,
                "One problem to fix before you can submit.",
                "{n} problems to fix before you can submit.",
              )
            : t("Nothing stops this campaign.")
        }
      />
      <ul className={classes.findings}>
        {problems.shown.map((problem) => (
          <li key={`${problem.code}-${problem.objectId}-${problem.message}`}>
            <StatusShape status={problem.severity === "error" ? "failed" : "warning"} />
            <span data-strong={problem.severity === "error" || undefined}>{problem.message}</span>
            <AppLink href={`/campaigns/${campaign.id}/edit?step=${problem.step}`}>
              {t("Fix in {step}", { step: stepWord(problem.step) })}
            </AppLink>
          </li>
        ))}
        {problems.more && <li>{problems.more}</li>}
        {readiness.passed.length > 0 && (
          <li>
            <StatusShape status="passed" />
            <span className={classes.note}>
              {tn(readiness.passed.length, "{n} check passed:", "{n} checks passed:")}{" "}
              {readiness.passed.map(checkWord).join(", ")}
            </span>
          </li>
        )}
      </ul>
      <SectionTitle
        title={t("Who will be sent to")}
        aside={t("Counted {time} · counted again when it starts", {
          time: time(readiness.audience.countedAt),
        })}
      />
      <AudienceSteps audience={readiness.audience} controlPercent={draft.controlPercent} />
      <SectionTitle
        title={t("What they will get")}
        aside={
          samples.data && samples.data.length === 3 ? (
            <Button
              leftSection={<IconArrowsShuffle size={15} stroke={1.6} />}
              onClick={() => setAfter(last)}
            >
              {t("Three others")}
            </Button>
          ) : after > 0 ? (
            <Button onClick={() => setAfter(0)}>{t("The first ones again")}</Button>
          ) : undefined
        }
      />
      <Samples
        samples={samples.data}
        error={samples.error}
        onRetry={() => void samples.refetch()}
      />
    </div>
  );
}
