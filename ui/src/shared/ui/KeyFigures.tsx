import type { ReactNode } from "react";
import classes from "./figures.module.css";

export interface Figure {
  label: string;
  value: ReactNode;
  /** Below: a share, a link, a comparison. */
  text?: ReactNode;
  tone?: "bad" | "warn" | "good";
}

/** A value of more signs than this, such as an amount, gets twice the room. */
const LONG = 7;

/** Counters side by side, divided by hairlines; 17/24. They wrap, numbers are never cut. */
export function KeyFigures({ figures }: { figures: Figure[] }): ReactNode {
  return (
    <div className={classes.room}>
      <dl className={classes.figures} data-many={figures.length > 6 || undefined}>
        {figures.map((figure) => (
          <div
            className={classes.figure}
            key={figure.label}
            data-long={String(figure.value).length > LONG || undefined}
          >
            <dt className={`${classes.label} ellipsis`} title={figure.label}>
              {figure.label}
            </dt>
            <dd className={classes.value} data-tone={figure.tone}>
              {figure.value}
            </dd>
            {figure.text && <dd className={classes.text}>{figure.text}</dd>}
          </div>
        ))}
      </dl>
    </div>
  );
}

/** The one big number of a rail or report, 24–28. */
export function BigFigure({ label, value, text }: Omit<Figure, "tone">): ReactNode {
  return (
    <div>
      <div className={classes.label}>{label}</div>
      <div className={classes.big}>{value}</div>
      {text && <div className={classes.text}>{text}</div>}
    </div>
  );
}

/** "+18%" in green, "−0.6 pt" in red; `goodWhen` says which way is good. */
export function Change({
  value,
  text,
  goodWhen = "up",
}: {
  value: number;
  text: string;
  goodWhen?: "up" | "down";
}): ReactNode {
  const good = goodWhen === "up" ? value > 0 : value < 0;
  return (
    <span className={classes.change} data-tone={value === 0 ? undefined : good ? "good" : "bad"}>
      {text}
    </span>
  );
}
