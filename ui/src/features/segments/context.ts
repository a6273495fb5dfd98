import { createContext, use } from "react";
import type { Group, Item } from "./tree";
import type { Field } from "./types";

/** What every row of the builder needs. */
export interface BuilderContext {
  fields: Field[];
  byName: Map<string, Field>;
  campaigns: { value: string; label: string }[];
  /** Sizes by row, where they are known. */
  sizes: Map<number, number>;
  total: number | undefined;
  /** Messages of the server by row. */
  problems: Map<number, string>;
  readOnly: boolean;
  change: (id: number, change: (item: Item) => Item | undefined) => void;
  move: (id: number, by: -1 | 1) => void;
}

export const Builder = createContext<BuilderContext | null>(null);

export function useBuilder(): BuilderContext {
  const context = use(Builder);
  if (!context) throw new Error("a builder row stands outside of its builder");
  return context;
}

/** What stands before a row, for its change: the size of the row above or of what holds it. */
export function sizeBefore(
  group: Group,
  place: number,
  sizes: Map<number, number>,
  before: number | undefined,
): number | undefined {
  if (group.logic !== "AND") return before;
  for (let i = place - 1; i >= 0; i--) {
    const size = sizes.get(group.items[i]?.id ?? 0);
    if (size !== undefined) return size;
  }
  return before;
}
