import type { ReactNode } from "react";
import { duration } from "../../../shared/format";
import { t, tc } from "../../../shared/i18n";
import {
  Callout,
  DayTime,
  KeyValue,
  None,
  Num,
  Rail,
  RailSection,
  StatusMark,
  shapeOf,
} from "../../../shared/ui";
import { type Execution, LAST_SENDING_STAGE } from "./types";

const triggers = (): Record<string, string> => ({
  scheduler: t("The schedule"),
  manual: t("A person"),
  api: t("A program"),
  dependency: t("The stage before it"),
  event: t("An event"),
  retry: t("Another try"),
});

/** The numbers of one stage. */
export function StageRail({ stage }: { stage: Execution }): ReactNode {
  const open = stage.stageOrder > LAST_SENDING_STAGE && !stage.completedAt;
  return (
    <Rail label={t("Stage")} summary={stage.name}>
      <RailSection title={stage.name}>
        <StatusMark status={shapeOf(stage.executionStatus)} />
        {stage.errorMessage && <Callout tone="bad">{stage.errorMessage}</Callout>}
        {open && (
          <Callout tone="info">
            {t("This stage stays open: it goes on counting what people do with the messages.")}
          </Callout>
        )}
        <KeyValue
          labelWidth="110px"
          rows={[
            { label: t("Processed"), value: <Num value={stage.rowsProcessed} /> },
            { label: t("Expected"), value: <Num value={stage.rowsExpected} /> },
            { label: tc("rows", "Read"), value: <Num value={stage.rowsRead} /> },
            { label: t("Written"), value: <Num value={stage.rowsInserted + stage.rowsUpdated} /> },
            { label: t("Started"), value: <DayTime at={stage.startedAt} /> },
            { label: t("Ended"), value: <DayTime at={stage.completedAt} /> },
            {
              label: t("Took"),
              value:
                stage.durationSeconds === null || stage.durationSeconds === undefined ? (
                  <None />
                ) : (
                  duration(stage.durationSeconds * 1000)
                ),
            },
            { label: t("Set off by"), value: triggers()[stage.triggeredBy] ?? stage.triggeredBy },
            {
              label: t("Node"),
              value: <Id value={stage.workerNodeId} />,
            },
            {
              label: t("Reference"),
              value: <Id value={stage.correlationId} />,
            },
          ]}
        />
      </RailSection>
    </Rail>
  );
}

/** A long id on one line; the whole of it on hover. */
function Id({ value }: { value?: string | null }): ReactNode {
  return value ? (
    <span className="ellipsis" title={value} style={{ display: "block" }}>
      {value}
    </span>
  ) : (
    <None />
  );
}
