import { Select, Switch, TextInput, Tooltip } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import type { ColumnPreview, ImportOptionsInput, ImportPreview } from "../../../gen";
import { type ApiError, post } from "../../../shared/api";
import { ChoiceCards, Fields, FormSection } from "../../../shared/form";
import { t, tn } from "../../../shared/i18n";
import { Callout, InlineError } from "../../../shared/ui";
import classes from "../customers.module.css";
import { targetChoices } from "./words";

interface MapColumnsProps {
  id: string;
  changes: ImportOptionsInput;
  onChange: (changes: ImportOptionsInput) => void;
  /** Already imported: shown, not changed. */
  locked: boolean;
}

const kinds = ["text", "number", "decimal", "bool", "date"] as const;

/** What becomes of each column, guessed from its header and its values, corrected by hand. */
export function MapColumns({ id, changes, onChange, locked }: MapColumnsProps): ReactNode {
  const preview = useQuery<ImportPreview, ApiError>({
    queryKey: ["import-preview", id, changes],
    queryFn: () => post<ImportPreview>(`/customers/import/${id}/preview`, changes),
    placeholderData: keepPreviousData,
    enabled: !locked,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (locked) {
    return (
      <Callout tone="info">
        {t("This file was imported; its columns can no longer be changed.")}
      </Callout>
    );
  }
  if (preview.error && !preview.data)
    return <InlineError error={preview.error} onRetry={() => void preview.refetch()} />;
  if (!preview.data) return null;
  const data = preview.data;
  const change = (part: ImportOptionsInput) => onChange({ ...changes, ...part });
  const setTarget = (column: string, target: string) => {
    // A field is filled by one column: the one chosen last.
    const freed = data.columns.filter(
      (one) =>
        target !== "ignore" &&
        !target.startsWith("attr:") &&
        one.target === target &&
        one.column !== column,
    );
    const before = (changes.mapping ?? []).filter(
      (one) => one.column !== column && !freed.some((f) => f.column === one.column),
    );
    change({
      mapping: [
        ...before,
        ...freed.map((f) => ({ column: f.column, target: "ignore" })),
        { column, target },
      ],
    });
  };
  return (
    <>
      {preview.error && <InlineError error={preview.error} />}
      <FileOptions preview={data} onChange={change} />
      <FormSection
        title={t("Columns")}
        text={tn(
          data.import.estimatedRows,
          "About {n} row. Correct what was guessed wrong.",
          "About {n} rows. Correct what was guessed wrong.",
        )}
      >
        <div className={classes.mapping}>
          <div className={classes.mappingHead}>
            <span>{t("Column of the file")}</span>
            <span>{t("First values")}</span>
            <span>{t("Becomes")}</span>
            <span />
          </div>
          {data.columns.map((column) => (
            <ColumnRow
              key={column.column}
              column={column}
              preview={data}
              onTarget={(target) => setTarget(column.column, target)}
            />
          ))}
        </div>
      </FormSection>
      <Duplicates preview={data} onChange={change} />
      <FirstRows preview={data} />
    </>
  );
}

function FileOptions({
  preview,
  onChange,
}: {
  preview: ImportPreview;
  onChange: (part: ImportOptionsInput) => void;
}): ReactNode {
  const options = preview.import.options;
  if (!options) return null;
  const { shape } = options;
  const format = shape.format;
  const reshape = (part: object) =>
    onChange({ shape: { ...shape, format: { ...format, ...part } as typeof format }, mapping: [] });
  return (
    <FormSection title={t("How the file is written")}>
      <Fields min={150}>
        {format.kind === "csv" && (
          <>
            <Select
              label={t("Columns are separated by")}
              allowDeselect={false}
              data={[
                { value: "comma", label: t("Commas") },
                { value: "semicolon", label: t("Semicolons") },
                { value: "tab", label: t("Tabs") },
                { value: "pipe", label: t("Bars |") },
              ]}
              value={format.delimiter}
              onChange={(delimiter) => reshape({ delimiter })}
            />
            <Select
              label={t("Encoding")}
              allowDeselect={false}
              data={[
                { value: "utf8", label: "UTF-8" },
                { value: "utf16-le", label: "UTF-16" },
                { value: "utf16-be", label: "UTF-16 BE" },
                { value: "windows-1252", label: "Windows-1252" },
              ]}
              value={format.encoding}
              onChange={(encoding) => reshape({ encoding })}
            />
          </>
        )}
        {format.kind === "xlsx" && (
          <Select
            label={t("Sheet")}
            allowDeselect={false}
            data={preview.sheets}
            value={format.sheet}
            onChange={(sheet) => reshape({ sheet })}
          />
        )}
        <TextInput
          label={t("Country of phone numbers")}
          maxLength={2}
          defaultValue={options.region}
          key={options.region}
          onBlur={(event) =>
            event.currentTarget.value !== options.region &&
            onChange({ region: event.currentTarget.value.toUpperCase() })
          }
        />
        <Select
          label={t("Amounts")}
          allowDeselect={false}
          data={[
            { value: "point", label: "1,234.56" },
            { value: "comma", label: "1.234,56" },
          ]}
          value={options.decimalMark}
          onChange={(value) => onChange({ decimalMark: value === "comma" ? "comma" : "point" })}
        />
        <Select
          label={t("Dates")}
          allowDeselect={false}
          data={[
            { value: "dayfirst", label: "31/12/2026" },
            { value: "monthfirst", label: "12/31/2026" },
          ]}
          value={options.dateOrder}
          onChange={(value) =>
            onChange({ dateOrder: value === "monthfirst" ? "monthfirst" : "dayfirst" })
          }
        />
      </Fields>
      <Switch
        mt="md"
        label={t("The first row names the columns")}
        checked={shape.hasHeader}
        onChange={(event) =>
          onChange({ shape: { ...shape, hasHeader: event.currentTarget.checked }, mapping: [] })
        }
      />
    </FormSection>
  );
}

function ColumnRow({
  column,
  preview,
  onTarget,
}: {
  column: ColumnPreview;
  preview: ImportPreview;
  onTarget: (target: string) => void;
}): ReactNode {
  const own = useMemo(() => {
    const [, name] = /^attr:([^:]+):/.exec(column.target) ?? [];
    const made = column.column
      .toLowerCase()
      .normalize("NFD")
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "");
    const field = name ?? (/^[a-z]/.test(made) ? made : `x_${made}`).slice(0, 60);
    const words: Record<string, string> = {
      text: t("text"),
      number: t("whole number"),
      decimal: t("decimal"),
      bool: t("yes or no"),
      date: t("date"),
    };
    return kinds.map((kind) => ({
      value: `attr:${field}:${kind}`,
      label: t("Own field, {kind}", { kind: words[kind] ?? kind }),
    }));
  }, [column]);
  const problem = preview.problems.find((one) => one.column === column.column);
  const choices = [
    { group: t("Not imported"), items: [{ value: "ignore", label: t("Leave this column out") }] },
    ...targetChoices(),
    { group: t("Field of your own"), items: own },
  ];
  return (
    <>
      <span className={classes.mappingLine} aria-hidden />
      <div className={classes.mappingRow}>
        <span className="ellipsis" style={{ fontWeight: 500 }} title={column.column}>
          {column.column}
        </span>
        <span className={`${classes.samples} ellipsis`} title={column.samples.join(" · ")}>
          {column.samples.join(" · ")}
        </span>
        <Select
          aria-label={t("What {column} becomes", { column: column.column })}
          searchable
          allowDeselect={false}
          data={choices}
          value={column.target}
          onChange={(value) => value && onTarget(value)}
        />
        <span>
          {problem && (
            <Tooltip
              label={t("Line {line}: {message}", { line: problem.line, message: problem.message })}
              multiline
              maw={320}
            >
              <IconAlertTriangle
                size={16}
                stroke={1.6}
                style={{ color: "var(--m-warn)" }}
                aria-label={problem.message}
              />
            </Tooltip>
          )}
        </span>
      </div>
    </>
  );
}

function Duplicates({
  preview,
  onChange,
}: {
  preview: ImportPreview;
  onChange: (part: ImportOptionsInput) => void;
}): ReactNode {
  const options = preview.import.options;
  if (!options) return null;
  return (
    <FormSection title={t("Customers who are there already")}>
      <Fields min={200}>
        <Select
          label={t("Recognised by")}
          allowDeselect={false}
          maw={260}
          data={[
            { value: "external_id", label: t("Customer number") },
            { value: "email", label: t("Email") },
            { value: "phone", label: t("Phone") },
          ]}
          value={options.key}
          onChange={(key) => key && onChange({ key: key as typeof options.key })}
        />
      </Fields>
      <div style={{ marginTop: 12 }}>
        <ChoiceCards
          label={t("What happens to them")}
          value={options.onDuplicate}
          onChange={(onDuplicate) => onChange({ onDuplicate })}
          choices={[
            {
              value: "update",
              label: t("Update them"),
              text: t("Filled cells replace what is there, empty ones leave it"),
            },
            { value: "skip", label: t("Pass over"), text: t("Only new customers are added") },
            { value: "fail", label: t("Reject the row"), text: t("It goes into the error report") },
          ]}
        />
      </div>
    </FormSection>
  );
}

function FirstRows({ preview }: { preview: ImportPreview }): ReactNode {
  return (
    <FormSection title={t("First rows")}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard */}
      <section className={classes.sheet} tabIndex={0} aria-label={t("First rows of the file")}>
        <table>
          <thead>
            <tr>
              {preview.columns.map((column) => (
                <th key={column.column}>{column.column}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, line) => (
              <tr key={line}>
                {row.map((cell, place) => (
                  <td key={place} title={cell}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </FormSection>
  );
}
