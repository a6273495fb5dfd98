import type { ReactNode } from "react";
import { number } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import classes from "./AudienceSteps.module.css";
import type { Audience } from "./types";

interface AudienceStepsProps {
  audience: Audience;
  controlPercent: number;
}

/** From the segments down to the people who are sent to, each loss as its own bar. */
export function AudienceSteps({ audience, controlPercent }: AudienceStepsProps): ReactNode {
  const losses = [
    { label: t("In two or more"), value: audience.inSeveral, tone: "loss" },
    { label: t("Excluded segments"), value: audience.excluded, tone: "loss" },
    { label: t("Without an address"), value: audience.withoutAddress, tone: "loss" },
    { label: t("Suppressed"), value: audience.suppressed, tone: "loss" },
    {
      label: t("Control group, {n}%", { n: controlPercent }),
      value: audience.control,
      tone: "control",
      text: t("kept back to measure the effect, the same people every time"),
    },
  ].filter((one) => one.value > 0);
  const whole = Math.max(1, audience.inSegments);
  let left = audience.inSegments;
  return (
    <dl className={classes.falls}>
      <Fall
        label={tn(audience.segments.length, "{n} segment", "{n} segments")}
        from={0}
        to={audience.inSegments}
        whole={whole}
        tone="rest"
        value={number(audience.inSegments)}
      />
      {losses.map((loss) => {
        const to = left;
        left -= loss.value;
        return (
          <Fall
            key={loss.label}
            label={loss.label}
            from={left}
            to={to}
            whole={whole}
            tone={loss.tone}
            value={number(-loss.value)}
            text={loss.text}
          />
        );
      })}
      <Fall
        label={t("Will be sent")}
        strong
        from={0}
        to={audience.people}
        whole={whole}
        tone="live"
        value={number(audience.people)}
        text={
          audience.messages === audience.people
            ? undefined
            : tn(audience.messages, "{n} message", "{n} messages")
        }
      />
    </dl>
  );
}

interface FallProps {
  label: string;
  from: number;
  to: number;
  whole: number;
  tone: string;
  value: string;
  text?: string;
  strong?: boolean;
}

function Fall(props: FallProps): ReactNode {
  const share = (part: number) => `${Math.max(0, Math.min(100, (part / props.whole) * 100))}%`;
  return (
    <div className={classes.fall} data-strong={props.strong || undefined}>
      <dt>{props.label}</dt>
      <dd>
        <span className={classes.fallTrack} aria-hidden>
          <span
            className={classes.fallBar}
            data-tone={props.tone}
            style={{ left: share(props.from), width: share(props.to - props.from) }}
          />
        </span>
        <span className={classes.fallValue} title={props.text}>
          {props.value}
        </span>
      </dd>
    </div>
  );
}
