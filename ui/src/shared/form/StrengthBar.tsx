import type { ReactNode } from "react";
import classes from "./form.module.css";
import { strength } from "./strength";

/** Four parts below a password field, and what would make it better. */
export function StrengthBar({ password }: { password: string }): ReactNode {
  const { score, text } = strength(password);
  return (
    <div className={classes.strength} role="status">
      {[1, 2, 3, 4].map((part) => (
        <i key={part} className={classes.strengthPart} data-on={score >= part || undefined} />
      ))}
      <span>{text}</span>
    </div>
  );
}
