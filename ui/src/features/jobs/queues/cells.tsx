import type { ReactNode } from "react";
import { fullTime } from "../../../shared/format";
import { t } from "../../../shared/i18n";
import { AppLink } from "../../../shared/link";
import {
  DayTime,
  None,
  type Status,
  StatusMark,
  StatusShape,
  shapeOf,
  useNow,
} from "../../../shared/ui";
import classes from "./queues.module.css";

/** A sweep may be so late without anything holding it up. */
const LATE_MS = 60_000;

/** A shape, a sentence and a quiet second line. */
export function Cause(props: { shape: Status; title: string; text?: string | null }): ReactNode {
  return (
    <span className={classes.cause}>
      <StatusShape status={props.shape} />
      <Two first={props.title} second={props.text} />
    </span>
  );
}

export function Two({ first, second }: { first: string; second?: ReactNode }): ReactNode {
  return (
    <span className={classes.two}>
      <span className={`${classes.first} ellipsis`} title={first}>
        {first}
      </span>
      {second && <span className={`${classes.second} ellipsis`}>{second}</span>}
    </span>
  );
}

interface CampaignCellProps {
  group: {
    campaignId: string;
    campaignName: string;
    campaignStatus: string;
    runNumber: number;
  };
}

/** The campaign with where it is; the run where there are several. */
export function CampaignCell({ group }: CampaignCellProps): ReactNode {
  return (
    <span className={classes.two}>
      <AppLink
        href={`/campaigns/${group.campaignId}`}
        className="ellipsis"
        title={group.campaignName}
      >
        {group.campaignName}
      </AppLink>
      <span className={`${classes.second} ${classes.state}`}>
        <StatusMark status={shapeOf(group.campaignStatus)} />
        {group.runNumber > 1 && <span>· {t("run {number}", { number: group.runNumber })}</span>}
      </span>
    </span>
  );
}

/** When a message goes. One whose moment has come and that is still here waits for a limit to leave room. */
export function Goes({ at }: { at: string }): ReactNode {
  const now = useNow();
  return Date.parse(at) < now - LATE_MS ? (
    <span title={fullTime(at)}>{t("When there is room")}</span>
  ) : (
    <DayTime at={at} />
  );
}

/** What a provider said, in full on hover. */
export function Said({ text }: { text?: string | null }): ReactNode {
  if (!text) return <None />;
  return (
    <span className={`${classes.reason} ellipsis`} title={text}>
      {text}
    </span>
  );
}
