import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { IconCode } from "@tabler/icons-react";
import { type ReactNode, useMemo, useState } from "react";
import { usePage } from "../../shared/api";
import { ActionButton } from "../../shared/form";
import { number } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { InlineError, Page, PageHeader, RelativeTime } from "../../shared/ui";
import { AddToList } from "./AddToList";
import { Conditions, useVocabulary } from "./Conditions";
import { Members } from "./Members";
import { QueryDialog } from "./QueryDialog";
import { SizeHistory } from "./SizeHistory";
import { SizeRail } from "./SizeRail";
import classes from "./segments.module.css";
import { toCriteria } from "./tree";
import type { SegmentDetail, SegmentRun } from "./types";
import { useDraft } from "./useDraft";
import { useEstimate } from "./useEstimate";
import { describe, kindLabel } from "./words";

type View = "conditions" | "members" | "history";

/** The builder of one segment, with its people and its history. */
export function Editor({ segment }: { segment?: SegmentDetail }): ReactNode {
  const draft = useDraft(segment);
  const [view, setView] = useState<View>(segment?.type === "static" ? "members" : "conditions");
  const [showQuery, setShowQuery] = useState(false);
  const [adding, setAdding] = useState(false);
  const { criteria, rows } = useMemo(() => toCriteria(draft.root), [draft.root]);
  const what = draft.isList ? { segmentId: segment?.id } : { criteria };
  const { size, lines, isCurrent } = useEstimate(
    draft.isList && !segment ? { criteria: {} } : what,
  );
  const runs = usePage<SegmentRun>(
    `/segments/${segment?.id}/runs`,
    { pageSize: 100 },
    { enabled: segment !== undefined },
  );
  const { byName, campaigns } = useVocabulary();
  const names = useMemo(() => new Map(campaigns.map((c) => [c.value, c.label])), [campaigns]);
  const showsConditions = view === "conditions" && !draft.isList;
  const title = draft.name.trim() || t("New segment");
  return (
    <Page
      title={title}
      parents={[{ label: t("Segments"), href: "/segments" }]}
      fill={view === "members" && segment !== undefined}
      head={
        <PageHeader
          title={title}
          text={segment ? <Facts segment={segment} /> : t("Who a campaign is for")}
          actions={
            <>
              <Views segment={segment} draft={draft} view={view} onView={setView} />
              {draft.isList && segment && draft.may && (
                <Button
                  variant={draft.isChanged ? "default" : "filled"}
                  onClick={() => setAdding(true)}
                >
                  {t("Put people on the list…")}
                </Button>
              )}
              {(draft.isChanged || !segment) && (
                <Button onClick={draft.discard}>{t("Discard")}</Button>
              )}
              {(draft.isChanged || !segment || !draft.isList) && (
                <ActionButton
                  variant="filled"
                  keys="mod+s"
                  loading={draft.save.isPending}
                  reason={draft.reason}
                  onClick={() => draft.save.mutate(undefined)}
                >
                  {t("Save")}
                </ActionButton>
              )}
            </>
          }
        />
      }
      rail={
        draft.isList && !segment ? undefined : (
          <SizeRail
            estimate={size.data}
            counting={!isCurrent && !size.error}
            error={size.error}
            onRetry={() => void size.refetch()}
            segment={segment}
            runs={runs.data?.data ?? []}
            what={what}
          />
        )
      }
      foot={
        showsConditions && (
          <div className={classes.foot}>
            <span className={classes.sentence}>{describe(draft.root, byName, names)}</span>
            <Button
              leftSection={<IconCode size={15} stroke={1.6} />}
              disabled={!size.data}
              onClick={() => setShowQuery(true)}
            >
              {t("Show query")}
            </Button>
          </div>
        )
      }
    >
      {view === "members" && segment && <Members segment={segment} may={draft.may} />}
      {view === "history" && segment && <SizeHistory segment={segment} />}
      {view !== "history" && (view === "conditions" || !segment) && (
        <>
          {draft.save.error && <InlineError error={draft.save.error} />}
          <div className={classes.form}>
            <TextInput
              label={t("Name")}
              placeholder={t("VIP customers in Nairobi")}
              data-autofocus
              autoFocus={!segment}
              readOnly={!draft.may}
              maxLength={255}
              value={draft.name}
              onChange={(event) => draft.setName(event.currentTarget.value)}
            />
            <TextInput
              label={t("Description")}
              placeholder={t("What it is for, if the name does not say it")}
              readOnly={!draft.may}
              maxLength={2000}
              value={draft.description}
              onChange={(event) => draft.setDescription(event.currentTarget.value)}
            />
          </div>
          {draft.isList ? (
            <p className={classes.quiet}>
              {segment
                ? t("The people on the list stand under People.")
                : t(
                    "Save the list first; then put people on it by their external IDs, email addresses or phone numbers.",
                  )}
            </p>
          ) : (
            <Conditions
              root={draft.root}
              onChange={draft.setRoot}
              rows={rows}
              lines={lines.data}
              error={size.error ?? draft.save.error}
              readOnly={!draft.may}
            />
          )}
        </>
      )}
      <QueryDialog estimate={size.data} opened={showQuery} onClose={() => setShowQuery(false)} />
      {segment && (
        <AddToList segmentId={segment.id} opened={adding} onClose={() => setAdding(false)} />
      )}
    </Page>
  );
}

function Facts({ segment }: { segment: SegmentDetail }): ReactNode {
  const used = tn(segment.campaignCount, "Used by {n} campaign", "Used by {n} campaigns");
  const parts = [kindLabel(segment.type), segment.campaignCount > 0 ? used : t("Not used yet")];
  if (segment.listed !== null) parts.push(t("{n} on the list", { n: number(segment.listed) }));
  return (
    <>
      {parts.join(" · ")}
      {segment.evaluatedAt && (
        <>
          {` · ${t("last kept count")} `}
          <RelativeTime at={segment.evaluatedAt} />
        </>
      )}
      {segment.archivedAt && ` · ${t("archived")}`}
    </>
  );
}

function Views(props: {
  segment: SegmentDetail | undefined;
  draft: ReturnType<typeof useDraft>;
  view: View;
  onView: (view: View) => void;
}): ReactNode {
  const { segment, draft, view, onView } = props;
  if (!segment) {
    return (
      <SegmentedControl
        aria-label={t("How the segment finds its people")}
        value={draft.isList ? "list" : "conditions"}
        onChange={(kind) => draft.setIsList(kind === "list")}
        data={[
          { value: "conditions", label: t("By conditions") },
          { value: "list", label: t("List") },
        ]}
      />
    );
  }
  return (
    <SegmentedControl
      aria-label={t("What to show")}
      value={view}
      onChange={(next) => onView(next as View)}
      data={[
        { value: "conditions", label: draft.isList ? t("Name") : t("Conditions") },
        { value: "members", label: t("People") },
        { value: "history", label: t("History") },
      ]}
    />
  );
}
