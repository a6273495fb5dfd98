import type { ReactNode } from "react";
import { money, number, percent } from "../format";
import { None } from "./Times";
import classes from "./values.module.css";

type Maybe<T> = T | null | undefined;

/** A number with grouping; nothing known is a dash. */
export function Num({ value, digits = 0 }: { value: Maybe<number>; digits?: number }): ReactNode {
  return value === null || value === undefined ? (
    <None />
  ) : (
    <span className={classes.figure}>{number(value, digits)}</span>
  );
}

/** "KES 1,284.50"; the amount as the API's decimal string, in full. */
export function Money({
  amount,
  currency,
}: {
  amount: Maybe<string | number>;
  currency?: string;
}): ReactNode {
  return amount === null || amount === undefined ? (
    <None />
  ) : (
    <span className={classes.figure}>{money(amount, currency)}</span>
  );
}

/** "38.2%"; "not tracked" when nothing could have been counted. */
export function Percent({
  value,
  digits = 1,
}: {
  value: Maybe<number>;
  digits?: number;
}): ReactNode {
  return value === null || value === undefined ? (
    <None />
  ) : (
    <span className={classes.figure}>{percent(value, digits)}</span>
  );
}
