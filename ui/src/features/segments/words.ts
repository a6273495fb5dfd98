/** Conditions in people's words. */
import { day, number } from "../../shared/format";
import { t, tn } from "../../shared/i18n";
import { countLines, type Group, type Item, isComplete, type Line, type Logic } from "./tree";
import type { Field, SegmentKind } from "./types";

export const kindLabel = (kind: SegmentKind): string =>
  ({ static: t("List"), dynamic: t("By attributes"), behavioral: t("By behaviour") })[kind];

export const logicLabel = (logic: Logic): string =>
  ({ AND: t("All of"), OR: t("Any of"), NOT: t("None of") })[logic];

export const logicText = (logic: Logic): string =>
  ({
    AND: t("AND: every line must be true"),
    OR: t("OR: one line is enough"),
    NOT: t("NOT: leave out whoever matches"),
  })[logic];

export function operatorLabel(operator: string, type?: Field["type"]): string {
  const dated = type === "date" || type === "moment";
  const labels: Record<string, string> = {
    equals: dated ? t("on") : t("is"),
    not_equals: dated ? t("not on") : t("is not"),
    contains: t("contains"),
    starts_with: t("starts with"),
    ends_with: t("ends with"),
    in: t("is any of"),
    not_in: t("is none of"),
    less_than: dated ? t("less old than") : t("less than"),
    less_or_equal: dated ? t("at most as old as") : t("at most"),
    greater_than: dated ? t("older than") : t("more than"),
    greater_or_equal: dated ? t("at least as old as") : t("at least"),
    between: t("between"),
    before: t("before"),
    after: t("after"),
    within_last: t("within last"),
    not_within_last: t("not within last"),
    is_set: t("is known"),
    is_not_set: t("is not known"),
    did: t("did"),
    did_not: t("did not"),
  };
  return labels[operator] ?? operator;
}

export interface Deed {
  campaign_id?: string;
  campaign_ids?: string[];
  within_last?: string;
  at_least?: number;
}

/** "Client type is any of Prepaid, SME" */
function lineText(line: Line, fields: Map<string, Field>, campaigns: Map<string, string>): string {
  const field = fields.get(line.field);
  const label = field?.label ?? line.field;
  if (field?.type === "behaviour") {
    const deed = (line.value ?? {}) as Deed;
    const one = deed.campaign_id && (campaigns.get(deed.campaign_id) ?? t("a campaign"));
    const parts = [line.operator === "did_not" ? t("not: {deed}", { deed: label }) : label];
    if (one) parts.push(t("“{name}”", { name: one }));
    if (deed.at_least && deed.at_least > 1) {
      parts.push(tn(deed.at_least, "at least {n} time", "at least {n} times"));
    }
    if (deed.within_last) parts.push(t("in the last {time}", { time: deed.within_last }));
    return parts.join(" ");
  }
  const value = Array.isArray(line.value)
    ? line.value.map(valueText).join(line.operator === "between" ? ` ${t("and")} ` : ", ")
    : valueText(line.value);
  if (field?.type === "bool") {
    const yes = (line.value === true) === (line.operator === "equals");
    return `${label}: ${yes ? t("yes") : t("no")}`;
  }
  return `${label} ${operatorLabel(line.operator, field?.type)} ${value}`.trim();
}

function valueText(value: unknown): string {
  if (typeof value === "number") return number(value, Number.isInteger(value) ? 0 : 2);
  if (typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value))
    return day(`${value}T12:00:00Z`);
  return value === undefined ? "" : String(value);
}

/** The whole tree as one sentence. */
export function describe(
  root: Group,
  fields: Map<string, Field>,
  campaigns: Map<string, string>,
): string {
  const text = (item: Item): string => {
    if (item.kind === "line") return isComplete(item) ? lineText(item, fields, campaigns) : "";
    const parts = item.items.map(text).filter(Boolean);
    const joined = parts.join(item.logic === "AND" ? ` ${t("and")} ` : ` ${t("or")} `);
    if (item.logic === "NOT") return parts.length ? t("leaving out {who}", { who: joined }) : "";
    return parts.length > 1 && item !== root ? `(${joined})` : joined;
  };
  const whole = text(root);
  if (countLines(root) === 0 || !whole) return t("Everybody who is active and did not opt out.");
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}.`;
}
