import { type ReactNode, useState } from "react";
import { duration } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import { DayTime, Page, PageHeader, SectionTitle, StatusMark, shapeOf } from "../../../shared/ui";
import classes from "../jobs.module.css";
import { StageChain } from "./StageChain";
import { StageRail } from "./StageRail";
import { StageTimes } from "./StageTimes";
import { type Job, LAST_SENDING_STAGE } from "./types";

/** The job of a campaign: its stages as a chain, when each ran, and the numbers of the chosen one. */
export function CampaignJob({ job, execution }: { job: Job; execution?: string }): ReactNode {
  const [chosen, setChosen] = useState(execution);
  const stages = job.executions;
  const selected = stages.find((stage) => stage.id === chosen) ?? active(stages);
  const sending = stages.filter((stage) => stage.stageOrder <= LAST_SENDING_STAGE);
  const begun = sending[0]?.startedAt;
  const ended = sending.at(-1)?.completedAt;
  return (
    <Page
      title={job.name}
      parents={[{ label: t("Jobs"), href: "/jobs" }]}
      rail={selected && <StageRail stage={selected} />}
      head={
        <PageHeader
          title={job.name}
          aside={<StatusMark status={shapeOf(job.status)} strong />}
          text={
            <>
              {t("Started")} <DayTime at={job.createdAt} />
              {begun && ended && (
                <>
                  {" · "}
                  {t("took {time}", {
                    time: duration(new Date(ended).getTime() - new Date(begun).getTime()),
                  })}
                </>
              )}
              {job.campaignId && (
                <>
                  {" · "}
                  <AppLink href={`/campaigns/${job.campaignId}`}>{t("Open campaign")}</AppLink>
                </>
              )}
            </>
          }
        />
      }
    >
      <div className={classes.body}>
        <StageChain stages={stages} selected={selected?.id} onSelect={setChosen} />
        <SectionTitle title={t("When each stage ran")} line />
        <StageTimes stages={stages} selected={selected?.id} onSelect={setChosen} />
      </div>
    </Page>
  );
}

/** The stage that works now, else the last one that ended. */
function active(stages: Job["executions"]) {
  const sending = stages.filter((stage) => stage.stageOrder <= LAST_SENDING_STAGE);
  return sending.find((stage) => stage.executionStatus === "running") ?? sending.at(-1);
}
