/**
 * The tree that the builder edits: what the criteria say, with an id for every row and room for lines
 * that are not finished yet.
 */
import type { Field } from "./types";

export type Logic = "AND" | "OR" | "NOT";

export interface Line {
  id: number;
  kind: "line";
  field: string;
  operator: string;
  value: unknown;
}
export interface Group {
  id: number;
  kind: "group";
  logic: Logic;
  items: Item[];
}
export type Item = Line | Group;

let last = 0;
const nextId = () => ++last;

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const newGroup = (items: Item[] = [], logic: Logic = "AND"): Group => ({
  id: nextId(),
  kind: "group",
  logic,
  items,
});

/** A line about a field, with its commonest operator and no value yet. */
export const newLine = (field?: Field): Line => ({
  id: nextId(),
  kind: "line",
  field: field?.name ?? "",
  operator: field?.operators[0] ?? "",
  value: emptyValue(field, field?.operators[0] ?? ""),
});

/** What a line holds before anybody has typed. */
export function emptyValue(field: Field | undefined, operator: string): unknown {
  if (!field || operator === "is_set" || operator === "is_not_set") return undefined;
  if (field.type === "behaviour") return {};
  if (field.type === "bool") return true;
  if (operator === "in" || operator === "not_in") return [];
  if (operator === "within_last" || operator === "not_within_last") return "30 days";
  if (operator === "between") return [undefined, undefined];
  return undefined;
}

/** Keeps what was typed when another operator is chosen, where it still fits. */
export function carryValue(field: Field, from: string, to: string, value: unknown): unknown {
  const list = (operator: string) => operator === "in" || operator === "not_in";
  if (list(from) && list(to)) return value;
  if (list(to)) return value === undefined || value === "" || Array.isArray(value) ? [] : [value];
  if (list(from) && Array.isArray(value)) return value[0];
  const span = (operator: string) => operator.endsWith("within_last");
  const plain = (operator: string) => !list(operator) && operator !== "between" && !span(operator);
  const same = (span(from) && span(to)) || (plain(from) && plain(to)) || field.type === "behaviour";
  return same && value !== undefined ? value : emptyValue(field, to);
}

/** The criteria of a stored segment as a tree. */
export function fromCriteria(criteria: unknown): Group {
  const item = isObject(criteria) ? itemOf(criteria) : newGroup();
  return item.kind === "group" ? item : newGroup([item]);
}

function itemOf(json: Json): Item {
  if (isObject(json.not)) return newGroup([itemOf(json.not)], "NOT");
  const item: Item =
    typeof json.field === "string"
      ? {
          id: nextId(),
          kind: "line",
          field: json.field,
          operator: String(json.operator ?? ""),
          value: json.value,
        }
      : newGroup(
          (Array.isArray(json.conditions) ? json.conditions : []).filter(isObject).map(itemOf),
          (["AND", "OR", "NOT"].find((logic) => logic === json.logic) ?? "AND") as Logic,
        );
  return json.not === true ? newGroup([item], "NOT") : item;
}

/** Whether a line says enough to be counted. */
export function isComplete({ field, operator, value }: Line): boolean {
  if (!field || !operator) return false;
  if (operator === "is_set" || operator === "is_not_set") return true;
  if (operator === "in" || operator === "not_in") return Array.isArray(value) && value.length > 0;
  if (operator === "between") {
    return Array.isArray(value) && value.length === 2 && value.every((end) => hasValue(end));
  }
  return hasValue(value);
}
const hasValue = (value: unknown) => value !== undefined && value !== null && value !== "";

/** What can be counted and saved now, and which row stands at which place of it. */
export function toCriteria(root: Group): { criteria: Json; rows: Map<string, number> } {
  const rows = new Map<string, number>();
  const write = (item: Item, path: number[]): Json | undefined => {
    if (path.length > 0) rows.set(path.join("."), item.id);
    if (item.kind === "line") {
      const { field, operator, value } = item;
      return value === undefined ? { field, operator } : { field, operator, value };
    }
    const finished = item.items.filter(isWorth);
    return {
      logic: item.logic,
      conditions: finished.map((inner, place) => write(inner, [...path, place])),
    };
  };
  return { criteria: write(root, []) ?? {}, rows };
}
const isWorth = (item: Item): boolean =>
  item.kind === "line" ? isComplete(item) : item.items.some(isWorth);

/** How many lines are not finished. */
export function unfinished(item: Item): number {
  if (item.kind === "line") return isComplete(item) ? 0 : 1;
  return item.items.reduce((sum, inner) => sum + unfinished(inner), 0);
}

export const countLines = (item: Item): number =>
  item.kind === "line" ? 1 : item.items.reduce((sum, inner) => sum + countLines(inner), 0);

/** A tree with one row replaced; `undefined` takes it out. */
export function replace(root: Group, id: number, change: (item: Item) => Item | undefined): Group {
  const walk = (item: Item): Item | undefined => {
    if (item.id === id) return change(item);
    if (item.kind === "line") return item;
    return { ...item, items: item.items.flatMap((inner) => walk(inner) ?? []) };
  };
  const changed = walk(root);
  return changed?.kind === "group" ? changed : newGroup();
}

/** A tree with a row one place up or down inside its group. */
export function move(root: Group, id: number, by: -1 | 1): Group {
  const place = root.items.findIndex((item) => item.id === id);
  if (place < 0) {
    const inner = (item: Item) => (item.kind === "group" ? move(item, id, by) : item);
    return { ...root, items: root.items.map(inner) };
  }
  const to = place + by;
  const items = [...root.items];
  const [one] = items.splice(place, 1);
  if (!one || to < 0 || to > items.length) return root;
  items.splice(to, 0, one);
  return { ...root, items };
}

/** The same with ids of its own. */
export function copy(item: Item): Item {
  return item.kind === "line"
    ? { ...item, id: nextId() }
    : { ...item, id: nextId(), items: item.items.map(copy) };
}
