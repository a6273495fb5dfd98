import type { ReactNode } from "react";
import { number } from "../format";
import { AppLink } from "../link";
import classes from "./charts.module.css";
import { ProgressBar, type Tone } from "./ProgressBar";

export interface Bar {
  label: string;
  value: number;
  tone?: Tone;
  href?: string;
  /** Instead of the plain number. */
  text?: string;
}

/** A few named amounts, each with its bar below: "Who gets what first", "Can be reached by". */
export function Bars({ bars, total }: { bars: Bar[]; total?: number }): ReactNode {
  const max = total ?? Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <ul className={classes.bars}>
      {bars.map((bar) => {
        const text = bar.text ?? number(bar.value);
        return (
          <li key={bar.label}>
            <span className={classes.barHead}>
              {bar.href ? (
                <AppLink href={bar.href}>{bar.label}</AppLink>
              ) : (
                <span className="ellipsis" title={bar.label}>
                  {bar.label}
                </span>
              )}
              <b>{text}</b>
            </span>
            <ProgressBar
              label={`${bar.label}: ${text}`}
              total={max}
              value={bar.value}
              tone={bar.tone}
            />
          </li>
        );
      })}
    </ul>
  );
}
