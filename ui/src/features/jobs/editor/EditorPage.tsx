import { useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useGet, useSession } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { InlineError, Loading, Page } from "../../../shared/ui";
import type { JobDetail } from "../model/types";
import type { EditorSearch } from "../routes";
import { copyOf, draftOf, emptyDraft } from "./draft";
import { Editor } from "./Editor";

/** A job to be changed, a new one, or a new one like another. */
export function EditorPage(): ReactNode {
  const { id } = useParams({ strict: false }) as { id?: string };
  const { from, step } = useSearch({ strict: false }) as EditorSearch;
  const timezone = useSession()?.workspace.timezone ?? "UTC";
  const source = id ?? from;
  const query = useGet<JobDetail>(`/jobs/${source}`, undefined, { enabled: source !== undefined });
  const detail = query.data?.id === source ? query.data : undefined;
  if (source === undefined) return <Editor key="new" begin={emptyDraft(timezone)} />;
  if (detail && id) return <Editor key={id} stored={detail} begin={draftOf(detail)} step={step} />;
  if (detail) return <Editor key={source} begin={copyOf(draftOf(detail), t("(copy)"))} />;
  return (
    <Page title={t("Job")} parents={[{ label: t("Jobs"), href: "/jobs" }]}>
      {query.error ? (
        <InlineError error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}
