import { Button, Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useGet } from "../../shared/api";
import { t } from "../../shared/i18n";
import { useGo } from "../../shared/link";
import { EmptyState, InlineError, Page, useLate } from "../../shared/ui";
import { TemplateEditor } from "./TemplateEditor";
import type { Template } from "./types";

/** The template in the address, or a new one. */
export function TemplateScreen(): ReactNode {
  const { templateId } = useParams({ strict: false }) as { templateId: string };
  const go = useGo();
  const isNew = templateId === "new";
  const query = useGet<Template>(`/templates/${templateId}`, undefined, { enabled: !isNew });
  const late = useLate(150);
  if (isNew) return <TemplateEditor key="new" />;
  if (query.data?.id === templateId)
    return <TemplateEditor key={templateId} template={query.data} />;
  return (
    <Page title={t("Template")} parents={[{ label: t("Templates"), href: "/templates" }]}>
      {query.error?.status === 404 ? (
        <EmptyState
          title={t("There is no such template")}
          action={<Button onClick={() => go("/templates")}>{t("Show all templates")}</Button>}
        />
      ) : query.error ? (
        <InlineError error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        late && <Skeleton height={200} />
      )}
    </Page>
  );
}
