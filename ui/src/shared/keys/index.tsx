import { type ReactNode, useEffect, useRef } from "react";
import { t } from "../i18n";
import classes from "./keys.module.css";
import { handleKey, keyCaps, register } from "./registry";

export { activeShortcuts, setSingleKeys, singleKeysOn } from "./registry";

interface Options {
  group?: string;
  enabled?: boolean;
}

/** `useShortcut("c", t("Create a campaign"), create)`: works while the component is shown. */
export function useShortcut(
  keys: string,
  label: string,
  run: () => void,
  { group = t("This screen"), enabled = true }: Options = {},
): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!enabled) return;
    return register({ keys, label, group, run: () => latest.current() });
  }, [keys, label, group, enabled]);
}

/** Listens once for the whole app. */
export function useShortcutListener(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => void handleKey(event, event.timeStamp);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

/** Key caps as shown in buttons and lists: `<Keys of="mod+enter" />`. */
export function Keys({ of }: { of: string }): ReactNode {
  return (
    <span className={classes.keys} aria-hidden>
      {keyCaps(of).map((cap) => (
        <kbd key={cap} className={classes.cap}>
          {cap}
        </kbd>
      ))}
    </span>
  );
}
