import { useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import example from "../../../../../crates/domain/src/plan/examples/introduction.json";
import { useGet, useSession } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { InlineError, Loading, Page } from "../../../shared/ui";
import type { PlanDetail } from "../model/types";
import type { NewPlanSearch } from "../routes";
import { Editor } from "./Editor";
import { draftOf, type PlanDraft, written } from "./useEditor";

/** A plan to be changed, a new one, or the example. */
export function EditorPage(): ReactNode {
  const { id } = useParams({ strict: false }) as { id?: string };
  const { from } = useSearch({ strict: false }) as NewPlanSearch;
  const timezone = useSession()?.workspace.timezone ?? "UTC";
  const query = useGet<PlanDetail>(`/plans/${id}`, undefined, { enabled: id !== undefined });
  const plan = query.data?.id === id ? query.data : undefined;
  if (id === undefined) {
    const isExample = from === "example";
    return (
      <Editor
        key={from ?? "new"}
        begin={isExample ? introduction(timezone) : beginning(timezone)}
      />
    );
  }
  if (plan) return <Editor key={id} stored={plan} begin={draftOf(plan)} />;
  return (
    <Page title={t("Plan")} parents={[{ label: t("Plans"), href: "/plans" }]}>
      {query.error ? (
        <InlineError error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}

const draft = (name: string, plan: unknown): PlanDraft => ({
  name,
  segmentIds: [],
  excludeSegmentIds: [],
  typed: written(plan),
});

const introduction = (timezone: string): PlanDraft =>
  draft(t("Introduction and one reminder"), { ...example, timezone });

/** The shortest plan that can be started once its message is written. */
const beginning = (timezone: string): PlanDraft =>
  draft("", {
    version: "1.0",
    timezone,
    quietHours: { start: "21:00", end: "07:30" },
    startNodeId: "welcome",
    nodes: [{ id: "welcome", action: "send", channel: "email", subject: "", body: "" }],
  });
