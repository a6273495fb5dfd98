import { Button, MultiSelect, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { type ErrorDetail, useList, useMay } from "../../../shared/api";
import { CodeField } from "../../../shared/code/CodeField";
import { ActionButton, Conflict, Fields, LeaveGuard } from "../../../shared/form";
import { t, tn } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import {
  Callout,
  EmptyState,
  InlineError,
  Page,
  PageHeader,
  StatusShape,
} from "../../../shared/ui";
import { brokenOf } from "../model/graph";
import { offsetOf, placeOf } from "../model/sketch";
import type { PlanDetail } from "../model/types";
import { PlanGraph } from "../PlanGraph";
import classes from "../plans.module.css";
import { type PlanDraft, useEditor } from "./useEditor";

interface EditorProps {
  stored?: PlanDetail;
  begin: PlanDraft;
}

/** A plan's text beside its picture, and what has to be mended before it can start. */
export function Editor({ stored, ...props }: EditorProps): ReactNode {
  // What is asked again while somebody writes does not change what they write.
  const [begin] = useState(props.begin);
  const go = useGo();
  const may = useMay()("editContent");
  const [leaving, setLeaving] = useState<string>();
  const [selected, setSelected] = useState<string>();
  const [reveal, setReveal] = useState<{ at: number }>();
  const editor = useEditor(stored, begin, (id) => setLeaving(`/plans/${id}`));
  const { draft, set, sketch, problems } = editor;
  const open = (id: string) => {
    setSelected(id);
    const at = offsetOf(draft.typed, id);
    if (at !== undefined) setReveal({ at });
  };
  const reason = !may
    ? t("Managers and editors write plans")
    : editor.unreadable !== undefined
      ? t("The plan’s text is no JSON yet")
      : draft.name.trim() === ""
        ? t("Give the plan a name")
        : editor.isChanged
          ? undefined
          : t("Everything is saved");
  return (
    <Page
      title={stored ? t("Edit plan") : t("New plan")}
      parents={[
        { label: t("Plans"), href: "/plans" },
        ...(stored ? [{ label: stored.name, href: `/plans/${stored.id}` }] : []),
      ]}
      fill
      head={
        <PageHeader
          title={stored?.name ?? t("New plan")}
          text={
            editor.isRunning &&
            t("Whoever is in the plan goes on with the version they began with.")
          }
          actions={
            <>
              <Button onClick={() => go(stored ? `/plans/${stored.id}` : "/plans")}>
                {t("Close")}
              </Button>
              <ActionButton
                variant="filled"
                keys="mod+s"
                reason={reason}
                loading={editor.isBusy}
                onClick={editor.save}
              >
                {stored ? t("Save plan") : t("Create plan")}
              </ActionButton>
            </>
          }
        />
      }
    >
      <LeaveGuard
        isDirty={editor.isTouched}
        text={t("What you changed in this plan is lost then.")}
        leaving={leaving}
      />
      <div className={classes.editor}>
        <div className={classes.writing}>
          {editor.conflict && (
            <Conflict
              text={t(
                "Somebody saved this plan while you changed it. Nothing of yours is lost yet.",
              )}
              parts={editor.differing}
              conflict={editor.conflict}
            />
          )}
          {editor.error && <InlineError error={editor.error} meaning={t("Nothing was saved.")} />}
          <Basics draft={draft} set={set} readOnly={!may || editor.isRunning} />
          <div className={classes.code}>
            <CodeField
              label={t("The plan, in JSON")}
              kind="json"
              tall
              value={draft.typed}
              onChange={(typed) => set({ typed })}
              error={
                editor.unreadable && t("This is no JSON: {reason}", { reason: editor.unreadable })
              }
              readOnly={!may}
              reveal={reveal}
            />
          </div>
        </div>
        <div className={classes.drawing}>
          <PlanGraph
            direction="down"
            sketch={sketch}
            broken={brokenOf(sketch, problems)}
            selected={selected}
            onSelect={open}
          >
            <EmptyState
              title={t("No node yet")}
              text={t("What the text says is drawn here while you write.")}
            />
          </PlanGraph>
          {editor.checkError && (
            <div className={classes.top}>
              <Callout tone="warn">
                {t("The plan could not be checked: {reason}", {
                  reason: editor.checkError.message,
                })}
              </Callout>
            </div>
          )}
          <Problems
            problems={problems}
            onOpen={(path) => {
              const node = sketch.nodes.find((one) => one.at === placeOf(path));
              if (node) open(node.id);
            }}
          />
        </div>
      </div>
    </Page>
  );
}

interface BasicsProps {
  draft: PlanDraft;
  set: (change: Partial<PlanDraft>) => void;
  readOnly: boolean;
}

function Basics({ draft, set, readOnly }: BasicsProps): ReactNode {
  const segments = useList<{ id: string; name: string }>("/segments");
  const data = (segments.rows ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const but = (taken: string[]) => data.filter((one) => !taken.includes(one.value));
  return (
    <>
      <TextInput
        label={t("Name of the plan")}
        value={draft.name}
        maxLength={255}
        disabled={readOnly}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Fields>
        <MultiSelect
          label={t("Who goes through it")}
          placeholder={draft.segmentIds.length === 0 ? t("Choose segments") : undefined}
          data={but(draft.excludeSegmentIds)}
          value={draft.segmentIds}
          searchable={!readOnly}
          disabled={readOnly}
          onChange={(segmentIds) => set({ segmentIds })}
        />
        <MultiSelect
          label={t("Left out")}
          placeholder={draft.excludeSegmentIds.length === 0 ? t("Nobody") : undefined}
          data={but(draft.segmentIds)}
          value={draft.excludeSegmentIds}
          searchable={!readOnly}
          disabled={readOnly}
          onChange={(excludeSegmentIds) => set({ excludeSegmentIds })}
        />
      </Fields>
    </>
  );
}

interface ProblemsProps {
  problems: ErrorDetail[];
  onOpen: (path: string) => void;
}

function Problems({ problems, onOpen }: ProblemsProps): ReactNode {
  if (problems.length === 0) return null;
  return (
    <ul
      className={classes.problems}
      aria-label={tn(problems.length, "{n} thing to mend", "{n} things to mend")}
    >
      {problems.map((problem) => (
        <li key={`${problem.path} ${problem.code} ${problem.message}`}>
          <button type="button" className={classes.problem} onClick={() => onOpen(problem.path)}>
            <StatusShape status="warning" />
            <span>
              {problem.message}
              {problem.path && <span className={classes.path}> {problem.path}</span>}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
