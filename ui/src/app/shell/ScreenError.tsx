import type { ErrorComponentProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { InlineError } from "../../shared/ui/InlineError";
import { Page } from "../../shared/ui/Page";

/** A screen that broke while drawing: the frame stays, sending is not affected. */
export function ScreenError({ error, reset }: ErrorComponentProps): ReactNode {
  return (
    <Page title={t("This screen could not be shown")}>
      <InlineError error={error} onRetry={reset} />
    </Page>
  );
}
