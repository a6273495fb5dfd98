import { Button, Skeleton } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { type ApiError, post } from "../../shared/api";
import { ProgressBar, Sparkline } from "../../shared/charts";
import { sayError } from "../../shared/feedback";
import { compact, day, number, percent, relative, signed } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { AppLink } from "../../shared/link";
import { InlineError, Person, Rail, RailSection, useNow } from "../../shared/ui";
import classes from "./segments.module.css";
import {
  type Estimate,
  type Member,
  memberName,
  type SegmentDetail,
  type SegmentRun,
} from "./types";

interface SizeRailProps {
  estimate: Estimate | undefined;
  /** A newer number is on its way. */
  counting: boolean;
  error: ApiError | null;
  onRetry: () => void;
  segment: SegmentDetail | undefined;
  runs: SegmentRun[];
  /** What is counted, for other samples. */
  what: object;
}

/** How many people it is now, whom one can reach, some of them. */
export function SizeRail(props: SizeRailProps): ReactNode {
  const { estimate, error, segment, runs } = props;
  const size = estimate ? tn(estimate.size, "{n} person", "{n} people") : t("Counting…");
  return (
    <Rail label={t("Who is in this segment")} summary={<b>{size}</b>} width={320}>
      <RailSection title={t("People now")} aside={<Counted {...props} />}>
        {error && !estimate ? (
          <InlineError error={error} onRetry={props.onRetry} />
        ) : (
          <Size estimate={estimate} segment={segment} />
        )}
        {runs.length > 1 && <History runs={runs} />}
      </RailSection>
      {estimate && estimate.size > 0 && <Reach estimate={estimate} />}
      {estimate && estimate.size > 0 && (
        <Sample key={JSON.stringify(props.what)} first={estimate.sample} what={props.what} />
      )}
      {segment && segment.usedBy.length > 0 && (
        <RailSection title={t("Used by")}>
          {segment.usedBy.slice(0, 5).map((campaign) => (
            <div key={campaign.id} className={classes.sample}>
              <AppLink className="ellipsis" href={`/campaigns/${campaign.id}`}>
                {campaign.name}
              </AppLink>
            </div>
          ))}
        </RailSection>
      )}
    </Rail>
  );
}

function Counted({ estimate, counting, error }: SizeRailProps): ReactNode {
  const now = useNow();
  if (!estimate) return null;
  const took = t("{seconds} s", { seconds: number(estimate.durationMs / 1000, 1) });
  if (counting) return t("Counting again…");
  if (error) return t("Counted {age}", { age: relative(estimate.evaluatedAt, now) });
  return (
    <span title={t("Every person is counted, nothing is guessed.")}>
      {relative(estimate.evaluatedAt, now)} · {took}
    </span>
  );
}

function Size({ estimate, segment }: { estimate?: Estimate; segment?: SegmentDetail }): ReactNode {
  if (!estimate) return <Skeleton height={34} width={140} />;
  const share = estimate.total > 0 ? (estimate.size / estimate.total) * 100 : 0;
  const before = segment?.sizeEstimate;
  const change = before === null || before === undefined ? 0 : estimate.size - before;
  return (
    <div className={classes.sizeLine} aria-live="polite">
      <span className={classes.size}>{number(estimate.size)}</span>
      <span className={classes.quiet}>
        {t("{share} of all", { share: percent(share) })}
        {change !== 0 && ` · ${t("{change} since last count", { change: signed(change, "", 0) })}`}
      </span>
    </div>
  );
}

function History({ runs }: { runs: SegmentRun[] }): ReactNode {
  const oldest = runs.at(-1);
  const newest = runs[0];
  if (!oldest || !newest) return null;
  const sizes = runs.map((run) => run.size).reverse();
  return (
    <div>
      <Sparkline
        values={sizes}
        width={280}
        height={36}
        label={t("Size from {first} to {last} people over {n} counts", {
          first: number(oldest.size),
          last: number(newest.size),
          n: sizes.length,
        })}
      />
      <div className={classes.sizeLine} style={{ justifyContent: "space-between" }}>
        <span className={classes.quiet}>
          {day(oldest.evaluatedAt)}, {compact(oldest.size)}
        </span>
        <span className={classes.quiet}>{day(newest.evaluatedAt)}</span>
      </div>
    </div>
  );
}

function Reach({ estimate }: { estimate: Estimate }): ReactNode {
  const rows = [
    { label: t("SMS"), value: estimate.withPhone },
    { label: t("Email"), value: estimate.withEmail },
  ];
  return (
    <RailSection title={t("Have an address for")}>
      <div className={classes.reach}>
        {rows.map(({ label, value }) => (
          <div key={label} style={{ display: "contents" }}>
            <span>{label}</span>
            <ProgressBar
              label={t("{n} of {total} people by {channel}", {
                n: number(value),
                total: number(estimate.size),
                channel: label,
              })}
              total={estimate.size}
              value={value}
              size={6}
            />
            <b>{number(value)}</b>
          </div>
        ))}
      </div>
    </RailSection>
  );
}

function Sample({ first, what }: { first: Member[]; what: object }): ReactNode {
  const [others, setOthers] = useState<Member[]>();
  const [loading, setLoading] = useState(false);
  const shown = others ?? first;
  const more = async () => {
    setLoading(true);
    try {
      const sampleAfter = shown.at(-1)?.id ?? 0;
      const body = { ...what, sampleSize: 5, sampleAfter };
      setOthers((await post<Estimate>("/segments/estimate", body)).sample);
    } catch (cause) {
      sayError(cause);
    }
    setLoading(false);
  };
  return (
    <RailSection
      title={t("Some of them")}
      aside={
        first.length >= 5 && (
          <Button size="xs" variant="transparent" px={0} loading={loading} onClick={more}>
            {t("Show others")}
          </Button>
        )
      }
    >
      {shown.map((member) => (
        <AppLink key={member.id} href={`/customers/${member.id}`} className={classes.sample}>
          <Person name={memberName(member)} size={20} />
          <span className={`${classes.sampleText} ellipsis`}>
            {member.city ?? member.tier ?? ""}
          </span>
        </AppLink>
      ))}
    </RailSection>
  );
}
