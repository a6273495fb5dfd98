import { Button, type ButtonProps } from "@mantine/core";
import type { ReactNode } from "react";
import { Keys, useShortcut } from "../keys";
import classes from "./form.module.css";

export { Conflict } from "./Conflict";
export { differences } from "./differences";
export { LeaveGuard } from "./LeaveGuard";
export { PickOne } from "./PickOne";
export { RhythmFields } from "./Rhythm";
export { StrengthBar } from "./StrengthBar";
export { MIN_PASSWORD, strength } from "./strength";
export { useVersioned } from "./useVersioned";

/** Fields side by side that wrap when there is no room. */
export function Fields({ children, min = 200 }: { children: ReactNode; min?: number }): ReactNode {
  return (
    <div
      className={classes.fields}
      style={{ gridTemplateColumns: `repeat(auto-fit, minmax(min(100%, ${min}px), 1fr))` }}
    >
      {children}
    </div>
  );
}

/** A titled part of a form, parted from the next by space and a hairline. */
export function FormSection(props: {
  title: string;
  text?: ReactNode;
  children: ReactNode;
}): ReactNode {
  return (
    <section className={classes.section}>
      <h2 className={classes.title}>{props.title}</h2>
      {props.text && <p className={classes.text}>{props.text}</p>}
      {props.children}
    </section>
  );
}

interface ActionButtonProps extends ButtonProps {
  children: string;
  onClick: () => void;
  /** Why it cannot be done now: disables the button and stands beside it. */
  reason?: string;
  /** A key that does the same; shown in the button. */
  keys?: string;
}

/** A button that knows its key and says why it is disabled. */
export function ActionButton({
  children,
  onClick,
  reason,
  keys,
  ...rest
}: ActionButtonProps): ReactNode {
  const on = reason === undefined && !rest.disabled && !rest.loading;
  useShortcut(keys ?? "", children, onClick, { enabled: on && keys !== undefined });
  return (
    <span className={classes.action}>
      {reason && <span className={classes.reason}>{reason}</span>}
      <Button
        {...rest}
        disabled={!on && !rest.loading}
        onClick={onClick}
        rightSection={keys && on ? <Keys of={keys} /> : rest.rightSection}
      >
        {children}
      </Button>
    </span>
  );
}

interface Choice<V extends string> {
  value: V;
  label: string;
  text?: string;
}

interface ChoiceCardsProps<V extends string> {
  label: string;
  choices: Choice<V>[];
  value: V;
  onChange: (value: V) => void;
}

/** One of a few, each with a sentence about what it means. Arrow keys move. */
export function ChoiceCards<V extends string>(props: ChoiceCardsProps<V>): ReactNode {
  return (
    <fieldset className={classes.choices} data-count={props.choices.length}>
      <legend className="visually-hidden">{props.label}</legend>
      {props.choices.map((choice) => (
        <label key={choice.value} className={classes.choice}>
          <input
            type="radio"
            name={props.label}
            checked={choice.value === props.value}
            onChange={() => props.onChange(choice.value)}
          />
          <span>
            <span className={classes.choiceLabel}>{choice.label}</span>
            {choice.text && <span className={classes.choiceText}>{choice.text}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
