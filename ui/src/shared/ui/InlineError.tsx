import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { toApiError } from "../api/error";
import { t } from "../i18n";
import { Callout } from "./Callout";

interface InlineErrorProps {
  error: unknown;
  /** What it means for the work: "Nothing is lost and sending goes on." */
  meaning?: string;
  onRetry?: () => void;
}

/** An error where it happened: what, what it means, what to do, a short reference. */
export function InlineError({ error, meaning, onRetry }: InlineErrorProps): ReactNode {
  const { message, reference } = toApiError(error);
  return (
    <Callout
      tone="bad"
      role="alert"
      action={onRetry && <Button onClick={onRetry}>{t("Try again")}</Button>}
    >
      {message} {meaning}
      {reference && (
        <span style={{ color: "var(--m-text3)" }}> {t("Ref {reference}", { reference })}</span>
      )}
    </Callout>
  );
}
