import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useGet } from "../../shared/api";
import { t } from "../../shared/i18n";
import { InlineError, Page } from "../../shared/ui";
import { Editor } from "./Editor";
import type { SegmentDetail } from "./types";

/** One segment, or a new one. */
export function SegmentScreen(): ReactNode {
  const { segmentId } = useParams({ strict: false }) as { segmentId: string };
  const isNew = segmentId === "new";
  const segment = useGet<SegmentDetail>(`/segments/${segmentId}`, undefined, { enabled: !isNew });
  if (isNew) return <Editor key="new" />;
  const loaded = segment.data?.id === segmentId ? segment.data : undefined;
  if (loaded) return <Editor key={segmentId} segment={loaded} />;
  return (
    <Page title={t("Segment")} parents={[{ label: t("Segments"), href: "/segments" }]}>
      {segment.error && (
        <InlineError error={segment.error} onRetry={() => void segment.refetch()} />
      )}
    </Page>
  );
}
