import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../../shared/i18n";
import { EmptyState } from "../../shared/ui/EmptyState";
import { Page } from "../../shared/ui/Page";

export function NotFound(): ReactNode {
  return (
    <Page title={t("Not found")}>
      <EmptyState
        title={t("There is nothing at this address")}
        text={t("It may have been archived, or the link is incomplete.")}
        action={
          <Button component="a" href="/">
            {t("Go to Home")}
          </Button>
        }
      />
    </Page>
  );
}
