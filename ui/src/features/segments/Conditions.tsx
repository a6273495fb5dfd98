import { Button } from "@mantine/core";
import { type ReactNode, useMemo } from "react";
import { type ApiError, useGet, usePage } from "../../shared/api";
import { number } from "../../shared/format";
import { fieldLabel } from "../../shared/format/field";
import { t } from "../../shared/i18n";
import { InlineError } from "../../shared/ui";
import { Builder } from "./context";
import { GroupBox } from "./GroupBox";
import classes from "./segments.module.css";
import { fromCriteria, type Group, move, replace } from "./tree";
import type { Estimate, Field } from "./types";

interface ConditionsProps {
  root: Group;
  onChange: (change: (root: Group) => Group) => void;
  /** Which row stands at which place of what was counted. */
  rows: Map<string, number>;
  lines: Estimate | undefined;
  error: ApiError | null;
  readOnly: boolean;
}

/** The fields and campaigns that conditions are made of. */
export function useVocabulary() {
  const query = useGet<Field[]>("/segments/fields", undefined, { staleMs: 300_000 });
  const campaigns = usePage<{ id: string; name: string }>("/campaigns", { pageSize: 100 });
  const named = useMemo(
    () => query.data?.map((field) => ({ ...field, label: fieldLabel(field.label) })),
    [query.data],
  );
  const byName = useMemo(() => new Map((named ?? []).map((field) => [field.name, field])), [named]);
  const choices = useMemo(
    () => (campaigns.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
    [campaigns.data],
  );
  return { query, fields: named, byName, campaigns: choices };
}

/** The builder: groups of lines, each with the people it leaves. */
export function Conditions(props: ConditionsProps): ReactNode {
  const { root, onChange, rows, lines, error, readOnly } = props;
  const { query, fields, byName, campaigns } = useVocabulary();
  const sizes = useMemo(() => {
    const known = new Map<number, number>();
    for (const line of lines?.lines ?? []) {
      const row = rows.get(line.path.join("."));
      if (row !== undefined) known.set(row, line.size);
    }
    return known;
  }, [lines, rows]);
  const problems = useMemo(() => problemsOf(error, rows), [error, rows]);
  if (query.error) return <InlineError error={query.error} onRetry={() => void query.refetch()} />;
  if (!fields) return null;
  const context = {
    fields,
    byName,
    campaigns,
    sizes,
    problems,
    readOnly,
    total: lines?.total,
    change: (id: number, change: Parameters<typeof replace>[2]) =>
      onChange((old) => replace(old, id, change)),
    move: (id: number, by: -1 | 1) => onChange((old) => move(old, id, by)),
  };
  return (
    <Builder value={context}>
      <div className={classes.columns}>
        <span>
          {lines
            ? t("Start from all {n} customers who are active and did not opt out", {
                n: number(lines.total),
              })
            : t("Start from all customers who are active and did not opt out")}
        </span>
        <span className={classes.legend} aria-hidden>
          <span className={classes.key}>{t("Left")}</span>
          <span className={classes.key} data-tone="tint">
            {t("Dropped here")}
          </span>
        </span>
      </div>
      {root.items.length === 0 && !readOnly && (
        <Starters onPick={(group) => onChange(() => group)} />
      )}
      <GroupBox group={root} isRoot depth={1} before={lines?.total} />
    </Builder>
  );
}

/** Messages of the server at the rows that they are about: "conditions[1].conditions[0].value". */
function problemsOf(error: ApiError | null, rows: Map<string, number>): Map<number, string> {
  const found = new Map<number, string>();
  for (const detail of error?.details ?? []) {
    const path = [...detail.path.matchAll(/conditions\[(\d+)\]/g)]
      .map((match) => match[1])
      .join(".");
    const row = rows.get(path);
    if (row !== undefined) found.set(row, detail.message);
  }
  return found;
}

/** Segments that many begin with. */
function Starters({ onPick }: { onPick: (group: Group) => void }): ReactNode {
  const starters = [
    {
      label: t("Bought within 30 days"),
      conditions: [
        { field: "tier", operator: "in", value: [] },
        { field: "city", operator: "in", value: [] },
        { field: "last_purchase_date", operator: "within_last", value: "30 days" },
      ],
    },
    {
      label: t("No order for 60 days"),
      conditions: [{ field: "last_order_at", operator: "not_within_last", value: "60 days" }],
    },
    {
      label: t("Clicked but did not buy"),
      conditions: [
        { field: "clicked", operator: "did", value: { within_last: "30 days" } },
        { field: "purchased", operator: "did_not", value: { within_last: "30 days" } },
      ],
    },
    {
      label: t("New this week"),
      conditions: [{ field: "account_age", operator: "less_than", value: 7 }],
    },
  ];
  return (
    <div className={classes.starters}>
      <span className={classes.word}>{t("Begin with")}</span>
      {starters.map(({ label, conditions }) => (
        <Button key={label} size="xs" onClick={() => onPick(fromCriteria({ conditions }))}>
          {label}
        </Button>
      ))}
    </div>
  );
}
