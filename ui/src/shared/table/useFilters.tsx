import { type ReactNode, useRef, useState } from "react";
import { FilterMenu } from "./FilterMenu";
import { Chip } from "./Toolbar";

/** One thing that a list can be narrowed down by: one of its options, or any. */
export interface Filter {
  label: string;
  options: { key: string; label: string }[];
}

/**
 * What a list is narrowed down by: `const filters = useFilters({ status: { label, options } })` gives the chosen keys as
 * `values`, and for the toolbar `bar`: a chip for each that is on, and the menu of all.
 */
export function useFilters<K extends string>(of: Record<K, Filter>) {
  const [values, setValues] = useState<Partial<Record<K, string>>>({});
  const set = (key: K, value: string | undefined) =>
    setValues((before) => ({ ...before, [key]: value }));
  const menu = useRef<HTMLButtonElement>(null);
  // A chip that goes would take the focus of the keyboard with it.
  const takeOff = (key: K) => {
    set(key, undefined);
    menu.current?.focus();
  };
  const all = Object.entries(of) as [K, Filter][];
  const bar: ReactNode = (
    <>
      {all.map(([key, { label, options }]) => {
        const on = options.find((option) => option.key === values[key]);
        return (
          on && <Chip key={key} label={`${label}: ${on.label}`} onRemove={() => takeOff(key)} />
        );
      })}
      <FilterMenu
        ref={menu}
        groups={all.map(([key, { label, options }]) => ({
          label,
          options: options.map((option) => ({
            label: option.label,
            on: option.key === values[key],
            onToggle: () => set(key, option.key === values[key] ? undefined : option.key),
          })),
        }))}
      />
    </>
  );
  return {
    values,
    bar,
    isOn: all.some(([key]) => values[key] !== undefined),
    clear: () => setValues({}),
  };
}
