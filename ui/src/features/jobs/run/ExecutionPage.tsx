import { SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ReactNode, useEffect, useState } from "react";
import { useGet, useLive } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import {
  EmptyState,
  InlineError,
  Loading,
  Page,
  PageHeader,
  StatusMark,
  useNow,
} from "../../../shared/ui";
import { RunGraph } from "../graph/StepGraph";
import { type ExecutionDetail, hasFailed, isOver, type StepRun } from "../model/types";
import { ofMuster, runShape, runWord, stepWord } from "../model/words";
import { Details } from "./Details";
import { GanttChart } from "./GanttChart";
import { Headline } from "./Headline";
import { LogView } from "./LogView";
import { Acts, failedStep, Notes, Origin } from "./RunHead";
import classes from "./run.module.css";
import { StepPane } from "./StepPane";
import { Values } from "./Values";

/** One run of a job: what it did when, and what it is doing now. */
export function ExecutionPage({
  job,
  id,
}: {
  job: { id: string; name: string };
  id: string;
}): ReactNode {
  const query = useGet<ExecutionDetail>(`/executions/${id}`);
  const run = query.data?.id === id ? query.data : undefined;
  const isRunning = run ? !isOver(run.executionStatus) : false;
  const live = useLive<unknown>(`execution:${id}`);
  const refetch = query.refetch;
  // The frame asks again by itself, at a calm pace; here every push counts.
  useEffect(() => {
    if (live !== undefined) void refetch();
  }, [live, refetch]);
  const name = ofMuster(run?.jobName ?? job.name);
  return (
    <Page
      title={run && !run.startedAt ? t("Run that waits") : t("Run")}
      parents={[
        { label: t("Jobs"), href: "/jobs" },
        { label: name, href: `/jobs/${job.id}` },
      ]}
      fill
      head={
        run && (
          <PageHeader
            title={name}
            aside={
              <StatusMark
                status={runShape(run.executionStatus)}
                label={runWord(run.executionStatus)}
                strong
              />
            }
            text={<Origin run={run} />}
            actions={
              <>
                <Headline run={run} isRunning={isRunning} />
                <Acts run={run} />
              </>
            }
          />
        )
      }
    >
      {!run && (
        <div className={classes.state}>
          {!query.error ? (
            <Loading />
          ) : query.error.status === 404 ? (
            <EmptyState
              title={t("There is no such run")}
              text={t("Its record was cleared away, or the link is wrong.")}
            />
          ) : (
            <InlineError error={query.error} onRetry={() => void query.refetch()} />
          )}
        </div>
      )}
      {run && <Body run={run} isRunning={isRunning} />}
      <div role="status" className="visually-hidden">
        {run && saidOf(run)}
      </div>
    </Page>
  );
}

type Pane = "steps" | "log" | "values" | "details";

function Body({ run, isRunning }: { run: ExecutionDetail; isRunning: boolean }): ReactNode {
  const now = useNow(isRunning ? 1_000 : 60_000);
  // What comes with Muster is done in one piece: there is nothing to draw, and the log says it all.
  const isDrawn = run.steps.length > 0;
  const fits = useMediaQuery("(min-width: 1180px)") ?? true;
  const narrow = !fits || !isDrawn;
  const [chosen, setChosen] = useState<string>();
  const [logStep, setLogStep] = useState("");
  const [wanted, setPane] = useState<Pane>();
  const pane = wanted ?? (narrow && isDrawn ? "steps" : "log");
  const selected = run.steps.find((one) => one.stepCode === (chosen ?? urgent(run)));
  const choose = (code: string) => {
    setChosen(code);
    setLogStep(code);
  };
  const steps = (
    <div className={classes.steps}>
      <Notes run={run} />
      <div className={classes.picture} data-few={run.steps.length < 4 || undefined}>
        <RunGraph steps={run.steps} selected={selected?.stepCode} now={now} onSelect={choose} />
      </div>
      <div className={classes.ganttHead}>
        <h2>{t("When each step ran")}</h2>
        <Legend />
      </div>
      <GanttChart run={run} now={now} selected={selected?.stepCode} onSelect={choose} />
    </div>
  );
  const shown = pane === "steps" && !(narrow && isDrawn) ? "log" : pane;
  const side = (
    <>
      {selected && (!narrow || shown === "log") && (
        <StepPane step={selected} now={now} isTold={!narrow && selected === failedStep(run)} />
      )}
      {shown === "log" && (
        <LogView
          execution={run.id}
          pulse={`${run.executionStatus} ${run.stepsCompleted} ${run.stepsFailed}`}
          isRunning={isRunning}
          steps={run.steps}
          step={logStep}
          onStep={setLogStep}
        />
      )}
      {shown === "values" && <Values run={run} step={selected} />}
      {shown === "details" && <Details run={run} />}
    </>
  );
  const tabs = (
    <div className={classes.tabs}>
      <SegmentedControl
        size="xs"
        aria-label={t("What is shown")}
        value={shown}
        onChange={(value) => setPane(value as Pane)}
        data={[
          ...(narrow && isDrawn ? [{ value: "steps", label: t("Steps") }] : []),
          { value: "log", label: t("Log") },
          { value: "values", label: t("Values") },
          { value: "details", label: t("Numbers") },
        ]}
      />
    </div>
  );
  return narrow ? (
    <div className={classes.narrow}>
      {!isDrawn && <Notes run={run} />}
      {tabs}
      {shown === "steps" ? steps : <div className={classes.side}>{side}</div>}
    </div>
  ) : (
    <div className={classes.wide}>
      {steps}
      <div className={classes.side}>
        {tabs}
        {side}
      </div>
    </div>
  );
}

/** What those hear who do not see it: how the run goes, and each step that fails, not every second of it. */
const saidOf = (run: ExecutionDetail): string =>
  [
    `${ofMuster(run.jobName)}: ${runWord(run.executionStatus)}`,
    ...run.steps
      .filter((step) => hasFailed(step.status))
      .map((step) => `${step.stepName}: ${stepWord(step.status)}`),
  ].join(". ");

/** The step that one looks at first: what failed, what runs, or what came last. */
function urgent(run: ExecutionDetail): string | undefined {
  const of = (test: (step: StepRun) => boolean) => run.steps.find(test)?.stepCode;
  return (
    run.errorStepCode ??
    of((step) => step.status === "running") ??
    run.steps.findLast((step) => step.startedAt)?.stepCode ??
    run.steps[0]?.stepCode
  );
}

function Legend(): ReactNode {
  return (
    <span className={classes.legend} aria-hidden>
      <span data-of="done">{t("Done")}</span>
      <span data-of="failed">{t("Failed try")}</span>
      <span data-of="now">{t("Now")}</span>
    </span>
  );
}
