import { Button } from "@mantine/core";
import { type ReactNode, useMemo, useState } from "react";
import { useMay } from "../../../shared/api";
import { ActionButton, Conflict, LeaveGuard } from "../../../shared/form";
import { t, tn } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { Callout, EmptyState, InlineError, Page, PageHeader, Rail } from "../../../shared/ui";
import { PlanGraph } from "../graph/StepGraph";
import type { JobDetail } from "../model/types";
import { ofMuster, stepTypeName } from "../model/words";
import { type Draft, moved, newStep, numbered } from "./draft";
import classes from "./editor.module.css";
import { FormContext } from "./form";
import { type Chosen, Outline } from "./Outline";
import { BasicsForm, LimitsForm, type PlaceProps, ToldForm } from "./places";
import { type Place, type Problems, whereOf } from "./problems";
import { StepForm } from "./step/StepForm";
import { useEditor } from "./useEditor";
import { ValuesForm } from "./ValuesForm";
import { WaitsForm } from "./WaitsForm";
import { WhenForm } from "./WhenForm";

interface EditorProps {
  stored?: JobDetail;
  begin: Draft;
  /** Code of the step to open. */
  step?: string;
}

const FORMS: Record<Place, (props: PlaceProps) => ReactNode> = {
  basics: BasicsForm,
  when: WhenForm,
  waits: WaitsForm,
  limits: LimitsForm,
  told: ToldForm,
  values: ValuesForm,
};

/** Names that are always there. */
const ALWAYS = [
  "execution_id",
  "execution_date",
  "started_at",
  "started_at_ms",
  "job_code",
  "attempt",
];

export function Editor({ stored, step, ...props }: EditorProps): ReactNode {
  // What is asked again while somebody writes does not change what they write.
  const [begin] = useState(props.begin);
  const go = useGo();
  const mayManage = useMay()("manageJobs");
  const maySettings = useMay()("writeScripts");
  const [leaving, setLeaving] = useState<string>();
  const editor = useEditor(stored, begin, (id) => setLeaving(`/jobs/${id}`));
  const { draft, setDraft, problems } = editor;
  const [chosen, setChosen] = useState<Chosen>(() => {
    const open = draft.steps.find((one) => one.step.step_code === step);
    return open ? { step: open.key } : { place: "basics" };
  });
  const isBuiltIn = stored?.isBuiltIn ?? false;
  const readOnly = !mayManage;
  const at = "step" in chosen ? draft.steps.findIndex((one) => one.key === chosen.step) : -1;
  const current = draft.steps[at];
  const setSteps = (steps: Draft["steps"]) => setDraft({ ...draft, steps });
  const names = useMemo(() => namesOf(draft), [draft]);
  const place: Place = "place" in chosen ? chosen.place : "basics";
  const Form = FORMS[place];
  const broken = new Set(
    draft.steps
      .filter((_, place) => problems.inStep(place).length > 0)
      .map((one) => one.step.step_code),
  );
  const title = stored ? stored.name : t("New job");
  const reason = readOnly
    ? t("Managers change jobs")
    : stored?.isGuarded && !maySettings
      ? undefined
      : stored && !editor.isChanged
        ? t("Everything is saved")
        : undefined;
  return (
    <FormContext value={{ problems, readOnly, names }}>
      <LeaveGuard
        isDirty={editor.isChanged && isTouched(draft, editor.base)}
        text={t("What you changed in this job is lost then.")}
        leaving={leaving}
      />
      <Page
        title={stored ? t("Edit job") : t("New job")}
        parents={[
          { label: t("Jobs"), href: "/jobs" },
          ...(stored ? [{ label: stored.name, href: `/jobs/${stored.id}` }] : []),
        ]}
        fill
        rail={
          !isBuiltIn && (
            <Rail
              label={t("Order of the steps")}
              width={380}
              summary={tn(draft.steps.length, "{n} step", "{n} steps")}
            >
              <div className={classes.graph}>
                <PlanGraph
                  direction="down"
                  steps={draft.steps.map((one) => one.step)}
                  selected={current?.step.step_code}
                  broken={broken}
                  onSelect={(code) => {
                    const one = draft.steps.find((other) => other.step.step_code === code);
                    if (one) setChosen({ step: one.key });
                  }}
                >
                  <EmptyState
                    title={t("No step yet")}
                    text={t("The order in which steps run is drawn here.")}
                  />
                </PlanGraph>
              </div>
            </Rail>
          )
        }
        head={
          <PageHeader
            title={ofMuster(draft.job.name ?? "") || title}
            text={
              isBuiltIn
                ? t("Comes with Muster: its schedule, and who is told, can be changed.")
                : stored?.isGuarded && !maySettings
                  ? t(
                      "Some of its steps run programs, change rows or use secrets: only administrators change those.",
                    )
                  : undefined
            }
            actions={
              <>
                <Mend
                  problems={problems}
                  onOpen={(path) => {
                    const where = whereOf(path);
                    const one = "step" in where ? draft.steps[where.step] : undefined;
                    setChosen(
                      one ? { step: one.key } : "place" in where ? where : { place: "basics" },
                    );
                  }}
                />
                {stored && editor.isChanged && (
                  <Button onClick={editor.undo}>{t("Undo changes")}</Button>
                )}
                <Button onClick={() => go(stored ? `/jobs/${stored.id}` : "/jobs")}>
                  {t("Close")}
                </Button>
                <ActionButton
                  variant="filled"
                  keys="mod+s"
                  reason={reason}
                  loading={editor.isBusy}
                  onClick={editor.save}
                >
                  {stored ? t("Save job") : t("Create job")}
                </ActionButton>
              </>
            }
          />
        }
      >
        {editor.conflict && (
          <div className={classes.top}>
            <Conflict
              text={t(
                "Somebody saved this job while you changed it. Nothing of yours is lost yet.",
              )}
              parts={editor.differing}
              conflict={editor.conflict}
            />
          </div>
        )}
        {editor.error && (
          <div className={classes.top}>
            <InlineError error={editor.error} meaning={t("Nothing was saved.")} />
          </div>
        )}
        {editor.checkError && (
          <div className={classes.top}>
            <Callout tone="warn">
              {t("The job could not be checked: {reason}", { reason: editor.checkError.message })}
            </Callout>
          </div>
        )}
        <div className={classes.columns}>
          <Outline
            steps={draft.steps}
            chosen={chosen}
            problems={problems}
            readOnly={readOnly}
            isBuiltIn={isBuiltIn}
            onChoose={setChosen}
            onMove={(from, to) => setSteps(moved(draft.steps, from, to))}
            onAdd={(type) => {
              const made = newStep(type, draft.steps, stepTypeName(type));
              setSteps([...draft.steps, made]);
              setChosen({ step: made.key });
            }}
            onCopy={(place) => {
              const one = draft.steps[place];
              if (!one) return;
              const made = newStep(one.step.step_type, draft.steps, one.step.step_name ?? "");
              const { step_code, step_order } = made.step;
              const copy = { key: made.key, step: { ...one.step, step_code, step_order } };
              setSteps(moved([...draft.steps, copy], draft.steps.length, place + 1));
              setChosen({ step: made.key });
            }}
            onRemove={(place) => {
              setSteps(numbered(draft.steps.filter((_, other) => other !== place)));
              if (place === at) setChosen({ place: "basics" });
            }}
          />
          <div className={classes.form}>
            {current ? (
              <StepForm
                key={current.key}
                at={at}
                step={current.step}
                others={draft.steps.filter((one) => one !== current).map((one) => one.step)}
                onChange={(change) =>
                  setSteps(
                    draft.steps.map((one) =>
                      one.key === current.key ? { ...one, step: { ...one.step, ...change } } : one,
                    ),
                  )
                }
              />
            ) : (
              <Form
                job={draft.job}
                dependencies={draft.dependencies}
                nextMoments={editor.nextMoments}
                isNew={!stored}
                isBuiltIn={isBuiltIn}
                onChange={(change) =>
                  setDraft((before) => ({ ...before, job: { ...before.job, ...change } }))
                }
                onDependencies={(dependencies) =>
                  setDraft((before) => ({ ...before, dependencies }))
                }
              />
            )}
          </div>
        </div>
      </Page>
    </FormContext>
  );
}

const isTouched = (draft: Draft, begin: Draft): boolean =>
  draft !== begin && JSON.stringify(draft) !== JSON.stringify(begin);

/** Values of the job, of the event, and what earlier steps give. */
const namesOf = ({ job, steps }: Draft): string[] => [
  ...Object.keys(job.parameters ?? {}),
  ...(job.schedule_type === "event_driven" ? ["event"] : []),
  ...steps.map(({ step }) => `${step.step_code.replaceAll("-", "_").toLowerCase()}.rows`),
  ...ALWAYS,
];

/** How many things have to be mended; leads to the first. */
function Mend(props: { problems: Problems; onOpen: (path: string) => void }): ReactNode {
  const { all } = props.problems;
  const [first] = all;
  if (!first) return null;
  return (
    <Button
      variant="subtle"
      className={classes.mend}
      title={first.message}
      onClick={() => props.onOpen(first.path)}
    >
      {tn(all.length, "{n} thing to mend", "{n} things to mend")}
    </Button>
  );
}
