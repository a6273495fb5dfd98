import { ActionIcon, Button, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import fields from "../../../shared/form/field.module.css";
import { t } from "../../../shared/i18n";
import type { Json, JsonObject } from "../model/definition";
import { type Thing, thingOf } from "../model/things";
import { ThingField } from "../ThingField";
import classes from "./editor.module.css";
import { useForm } from "./form";

interface KeyValuesProps {
  label: string;
  description?: string;
  path: string;
  value: JsonObject | undefined;
  onChange: (value: JsonObject) => void;
  /** What stands in the empty fields. */
  names?: string;
  values?: string;
  /** Where a name says that the value is the id of something, that is chosen by its name. */
  things?: boolean;
  /** Values are JSON where they can be read as such: 5 is a number. */
  typed?: boolean;
  add: string;
}

interface Line {
  name: string;
  text: string;
}

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

function readText(text: string, typed: boolean): Json {
  if (!typed) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

const objectOf = (lines: Line[], typed: boolean): JsonObject =>
  Object.fromEntries(
    lines.filter((line) => line.name !== "").map((line) => [line.name, readText(line.text, typed)]),
  );

interface ValueFieldProps {
  line: Line;
  placeholder?: string;
  thing?: Thing;
  onChange: (text: string) => void;
}

function ValueField({ line, placeholder, thing, onChange }: ValueFieldProps): ReactNode {
  const { readOnly } = useForm();
  return thing ? (
    <ThingField aria-label={t("Value")} thing={thing} value={line.text} onChange={onChange} />
  ) : (
    <TextInput
      aria-label={t("Value")}
      placeholder={placeholder}
      value={line.text}
      readOnly={readOnly}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Names with a value each. Lines without a name are kept while they are written, and are not saved. */
export function KeyValues(props: KeyValuesProps): ReactNode {
  const { label, path, value = {}, onChange, typed = false } = props;
  const { problems, readOnly } = useForm();
  const given = Object.entries(value).map(([name, one]) => ({ name, text: textOf(one) }));
  const [lines, setLines] = useState<Line[]>(given);
  // Another step, or an undo, brings other values: what is written here follows.
  const isOther = JSON.stringify(objectOf(lines, typed)) !== JSON.stringify(value);
  const shown = isOther ? given : lines;
  const set = (next: Line[]) => {
    setLines(next);
    onChange(objectOf(next, typed));
  };
  const replace = (at: number, change: Partial<Line>) =>
    set(shown.map((line, place) => (place === at ? { ...line, ...change } : line)));
  return (
    <fieldset className={classes.pairs}>
      <legend className={fields.label}>{label}</legend>
      {props.description && <span className={fields.description}>{props.description}</span>}
      {shown.map((line, at) => (
        <div key={at} className={classes.pair}>
          <TextInput
            aria-label={t("Name")}
            placeholder={props.names}
            value={line.name}
            readOnly={readOnly}
            error={line.name ? problems.at(`${path}.${line.name}`, true) : undefined}
            onChange={(event) => replace(at, { name: event.currentTarget.value })}
          />
          <ValueField
            line={line}
            placeholder={props.values}
            thing={props.things && !readOnly ? thingOf(line.name, "id") : undefined}
            onChange={(text) => replace(at, { text })}
          />
          {!readOnly && (
            <ActionIcon
              aria-label={t("Remove {name}", { name: line.name || t("this line") })}
              onClick={() => set(shown.filter((_, place) => place !== at))}
            >
              <IconTrash size={15} stroke={1.6} />
            </ActionIcon>
          )}
        </div>
      ))}
      {!readOnly && (
        <div>
          <Button
            size="xs"
            variant="subtle"
            leftSection={<IconPlus size={14} stroke={1.6} />}
            onClick={() => set([...shown, { name: "", text: "" }])}
          >
            {props.add}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
