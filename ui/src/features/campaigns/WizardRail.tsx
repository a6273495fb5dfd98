import type { ReactNode } from "react";
import { ProgressBar } from "../../shared/charts";
import { dayTime, duration, money, number, time } from "../../shared/format";
import { objectiveLabel } from "../../shared/format/campaign";
import { cronWords } from "../../shared/format/cron";
import { t, tn } from "../../shared/i18n";
import { AppLink } from "../../shared/link";
import {
  BigFigure,
  Callout,
  channelLabel,
  KeyValue,
  Rail,
  RailSection,
  useFew,
} from "../../shared/ui";
import classes from "./campaigns.module.css";
import type { StepProps } from "./steps/props";
import type { Audience } from "./types";
import { typeWord, unknownPolicyWord } from "./words";

interface WizardRailProps extends StepProps {
  review: boolean;
  counting: boolean;
}

/** Who gets it now, how long it takes and what it costs; on the last step also what was chosen. */
export function WizardRail({
  readiness,
  draft,
  campaign,
  review,
  counting,
}: WizardRailProps): ReactNode {
  const audience = readiness?.audience;
  const people = audience ? number(audience.people) : "–";
  const skipped = audience ? audience.withoutAddress + audience.suppressed + audience.control : 0;
  return (
    <Rail
      label={t("What this campaign means now")}
      summary={t("{people} people · {messages} messages", {
        people,
        messages: audience ? number(audience.messages) : "–",
      })}
    >
      <RailSection>
        <BigFigure
          label={t("Will be sent")}
          value={people}
          text={
            audience
              ? skipped > 0
                ? t("people, each once · {n} left out", { n: number(skipped) })
                : t("people, each once")
              : t("Counting…")
          }
        />
        {audience && (
          <p className={classes.note}>
            {counting
              ? t("Counting again…")
              : t("Counted {time}", { time: time(audience.countedAt) })}
          </p>
        )}
      </RailSection>
      {audience && audience.segments.length > 0 && (
        <Shares segments={audience.segments} hasOffers={draft.offers.length > 0} />
      )}
      {audience && audience.inSeveral > 0 && (
        <RailSection title={t("When a person is in two segments")}>
          <p className={classes.note}>
            {tn(
              audience.inSeveral,
              "{n} person is. They count in the higher segment of the list.",
              "{n} people are. They count in the higher segment of the list.",
            )}
          </p>
        </RailSection>
      )}
      <RailSection>
        <KeyValue
          right
          labelWidth="120px"
          rows={[
            { label: t("Messages"), value: audience ? number(audience.messages) : "–" },
            {
              label: t("Cost"),
              value: readiness?.cost
                ? money(readiness.cost, readiness.currency)
                : t("No price set"),
            },
            {
              label: draft.throttleConfig?.messagesPerHour
                ? t("At {n} an hour", { n: number(draft.throttleConfig.messagesPerHour) })
                : t("Takes"),
              value:
                readiness?.durationSeconds !== null && readiness?.durationSeconds !== undefined
                  ? duration(readiness.durationSeconds * 1000)
                  : t("As fast as the provider"),
            },
          ]}
        />
      </RailSection>
      {review && <Chosen draft={draft} id={campaign.id} />}
      {readiness?.approvalRequired && review && (
        <div style={{ paddingTop: 16 }}>
          <Callout tone="info">
            {t(
              "An approver who neither made nor edited this campaign has to agree before it starts.",
            )}
          </Callout>
        </div>
      )}
    </Rail>
  );
}

interface SharesProps {
  segments: Audience["segments"];
  hasOffers: boolean;
}

/** The segments with the people that count for each; red where offers are sent and it has none. */
function Shares({ segments, hasOffers }: SharesProps): ReactNode {
  const few = useFew(segments, 8);
  const most = Math.max(1, ...segments.map((one) => one.counted));
  return (
    <RailSection title={t("Who counts where")}>
      {few.shown.map((segment, place) => (
        <div key={segment.segmentId} className={classes.share2}>
          <div className={classes.line}>
            <span className="ellipsis" title={segment.name}>
              {segment.name}
            </span>
            <b className={classes.figure}>{number(segment.counted)}</b>
          </div>
          <ProgressBar
            label={t("{name}: {n}", { name: segment.name, n: number(segment.counted) })}
            total={most}
            value={segment.counted}
            tone={hasOffers && segment.offers === 0 ? "bad" : place ? "info" : "live"}
          />
        </div>
      ))}
      {few.more}
    </RailSection>
  );
}

function Chosen({ draft, id }: { draft: StepProps["draft"]; id: string }): ReactNode {
  const edit = (step: string) => (
    <AppLink href={`/campaigns/${id}/edit?step=${step}`}>{t("Edit")}</AppLink>
  );
  return (
    <>
      <RailSection title={t("Details")} aside={edit("details")}>
        <KeyValue
          rows={[
            {
              label: t("Objective"),
              value: draft.objective ? objectiveLabel(draft.objective) : t("None"),
            },
            { label: t("Type"), value: typeWord(draft.type) },
            { label: t("Channel"), value: channelLabel(draft.channel) },
          ]}
        />
      </RailSection>
      <RailSection title={t("Schedule")} aside={edit("schedule")}>
        <KeyValue
          rows={[
            {
              label: t("Starts"),
              value: draft.scheduledAt
                ? dayTime(draft.scheduledAt)
                : draft.type === "recurring"
                  ? t("At the next time")
                  : t("By hand"),
            },
            ...(draft.type === "recurring"
              ? [
                  {
                    label: t("Repeats"),
                    value: cronWords(draft.recurringSchedule?.cron ?? "") ?? t("Not said yet"),
                  },
                ]
              : []),
            { label: t("Timezone"), value: draft.timezone },
            {
              label: t("Rate"),
              value: draft.throttleConfig?.messagesPerHour
                ? t("{n} an hour", { n: number(draft.throttleConfig.messagesPerHour) })
                : t("Not limited"),
            },
            {
              label: t("If closed then"),
              value: draft.misfireRule === "run" ? t("Run late") : t("Skip"),
            },
            { label: t("If in doubt"), value: unknownPolicyWord(draft.unknownPolicy) },
          ]}
        />
      </RailSection>
    </>
  );
}
