import { ActionIcon, Button, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { t } from "../i18n";
import classes from "./message.module.css";
import type { MessageText } from "./types";

interface VariablesEditorProps {
  value: MessageText["variables"];
  onChange: (value: MessageText["variables"]) => void;
  readOnly?: boolean;
}

type Row = [name: string, value: string];
const rowsOf = (value: MessageText["variables"]): Row[] =>
  Object.entries(value).map(([name, one]) => [name, String(one)]);
const toVariables = (rows: Row[]) =>
  Object.fromEntries(rows.filter(([name]) => name !== "")) as MessageText["variables"];

/** Names and values that are the same for everybody: the amount, the product, the code. */
export function VariablesEditor({ value, onChange, readOnly }: VariablesEditorProps): ReactNode {
  const [rows, setRows] = useState(() => rowsOf(value));
  useEffect(() => {
    // Rows that are not named yet live here only; what comes from outside replaces the rest.
    setRows((all) => (same(toVariables(all), value) ? all : rowsOf(value)));
  }, [value]);
  const change = (next: Row[]) => {
    setRows(next);
    onChange(toVariables(next));
  };
  const set = (place: number, row: Row) =>
    change(rows.map((old, at) => (at === place ? row : old)));
  return (
    <div className={classes.variables}>
      {rows.map(([name, one], place) => (
        <div key={place} className={classes.variable}>
          <TextInput
            aria-label={t("Name of variable {place}", { place: place + 1 })}
            placeholder="amount"
            value={name}
            readOnly={readOnly}
            onChange={(event) =>
              set(place, [event.currentTarget.value.toLowerCase().replace(/[^a-z0-9_]/g, "_"), one])
            }
          />
          <TextInput
            aria-label={t("Value of {name}", { name: name || t("the variable") })}
            placeholder="KES 500"
            value={one}
            readOnly={readOnly}
            onChange={(event) => set(place, [name, event.currentTarget.value])}
          />
          <ActionIcon
            aria-label={t("Remove {name}", { name: name || t("the variable") })}
            disabled={readOnly}
            onClick={() => change(rows.filter((_, at) => at !== place))}
          >
            <IconX size={15} stroke={1.6} />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="xs"
        variant="subtle"
        disabled={readOnly}
        leftSection={<IconPlus size={15} stroke={1.6} />}
        onClick={() => setRows([...rows, ["", ""]])}
        style={{ justifySelf: "start" }}
      >
        {t("Add variable")}
      </Button>
    </div>
  );
}

const same = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b);
