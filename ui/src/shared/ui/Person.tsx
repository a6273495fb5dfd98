import type { ReactNode } from "react";
import { initials } from "../format";
import classes from "./person.module.css";

interface PersonProps {
  name: string;
  /** Avatar diameter: 20 in rows, 26 in the bar, 40 on cards. */
  size?: number;
  /** The avatar alone, with the name as its label. */
  only?: "avatar";
  /** Second line: role, city. */
  text?: ReactNode;
}

/** One of six muted pairs, the same for the same name everywhere. */
const pairOf = (name: string): number => {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return (sum % 6) + 1;
};

/** A person with initials in a quiet disc. */
export function Person({ name, size = 24, only, text }: PersonProps): ReactNode {
  const pair = pairOf(name);
  const avatar = (
    <span
      className={classes.avatar}
      // A picture of the name and no words: a control around it is called by its name alone.
      data-initials={initials(name)}
      style={{
        width: size,
        height: size,
        fontSize: Math.max(9, Math.round(size * 0.4)),
        background: `var(--m-av${pair})`,
        color: `var(--m-av${pair}-text)`,
      }}
      {...(only ? { role: "img", "aria-label": name, title: name } : { "aria-hidden": true })}
    />
  );
  if (only) return avatar;
  return (
    <span className={classes.person}>
      {avatar}
      <span className={classes.words}>
        <span className={`${classes.name} ellipsis`} title={name}>
          {name}
        </span>
        {text && <span className={classes.text}>{text}</span>}
      </span>
    </span>
  );
}
