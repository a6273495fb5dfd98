import { ActionIcon, Button, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Fields, FormSection } from "../../../shared/form";
import fields from "../../../shared/form/field.module.css";
import { t } from "../../../shared/i18n";
import { PARAMETER_TYPES, type ParameterDefinition, type ParameterType } from "../model/definition";
import { readValue, written } from "../model/parameters";
import { thingOf } from "../model/things";
import { ThingField } from "../ThingField";
import classes from "./editor.module.css";
import { CheckField, ChoiceField, TextField, useForm } from "./form";
import type { PlaceProps } from "./places";

const typeName = (type: ParameterType): string =>
  ({
    text: t("Text"),
    integer: t("Whole number"),
    number: t("Number"),
    boolean: t("Yes or no"),
    date: t("Day"),
    moment: t("Moment"),
    id: t("Id"),
    list: t("List"),
    object: t("Object"),
  })[type];

/** Values that a run is started with: steps use them as :name. */
export function ValuesForm({ job, onChange }: PlaceProps): ReactNode {
  const { problems, readOnly } = useForm();
  const parameters = job.parameters ?? {};
  const names = Object.keys(parameters);
  const set = (next: [string, ParameterDefinition][]) =>
    onChange({ parameters: Object.fromEntries(next) });
  const entries = Object.entries(parameters);
  const add = () => {
    let name = "value";
    for (let n = 2; names.includes(name); n += 1) name = `value_${n}`;
    set([...entries, [name, { type: "text" }]]);
  };
  return (
    <FormSection
      title={t("Values")}
      text={t(
        "What a run is started with. Steps use a value as :name in queries and as {{ name }} in texts; it is always bound, never pasted.",
      )}
    >
      <div className={classes.stack}>
        {entries.map(([name, definition], at) => (
          <ParameterForm
            key={at}
            name={name}
            definition={definition}
            error={problems.at(`parameters.${name}`)}
            onName={(next) => {
              if (next === name || names.includes(next)) return;
              set(entries.map((entry, place) => (place === at ? [next, definition] : entry)));
            }}
            onChange={(change) =>
              set(
                entries.map((entry, place) =>
                  place === at ? [name, { ...definition, ...change }] : entry,
                ),
              )
            }
            onRemove={() => set(entries.filter((_, place) => place !== at))}
          />
        ))}
        {names.length === 0 && (
          <span className={fields.description}>{t("The job takes no values.")}</span>
        )}
        {!readOnly && (
          <div>
            <Button size="xs" leftSection={<IconPlus size={14} stroke={1.6} />} onClick={add}>
              {t("Add value")}
            </Button>
          </div>
        )}
      </div>
    </FormSection>
  );
}

interface ParameterFormProps {
  name: string;
  definition: ParameterDefinition;
  error?: string;
  onName: (name: string) => void;
  onChange: (change: Partial<ParameterDefinition>) => void;
  onRemove: () => void;
}

function ParameterForm(props: ParameterFormProps): ReactNode {
  const { name, definition, onChange } = props;
  const { readOnly } = useForm();
  const [typed, setTyped] = useState(name);
  const path = `parameters.${name}`;
  return (
    <fieldset className={classes.group}>
      <legend className={classes.groupTitle}>
        {name}
        {!readOnly && (
          <ActionIcon aria-label={t("Remove {name}", { name })} onClick={props.onRemove}>
            <IconTrash size={15} stroke={1.6} />
          </ActionIcon>
        )}
      </legend>
      <Fields min={140}>
        <TextInput
          label={t("Name")}
          value={typed}
          readOnly={readOnly}
          error={props.error}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={() => {
            if (typed.trim()) props.onName(typed.trim());
            else setTyped(name);
          }}
        />
        <ChoiceField
          label={t("Is")}
          path={`${path}.type`}
          data={PARAMETER_TYPES.map((value) => ({ value, label: typeName(value) }))}
          value={definition.type}
          onChange={(type) => onChange({ type, default: undefined })}
        />
        {!definition.required && (
          <DefaultField name={name} path={path} definition={definition} onChange={onChange} />
        )}
      </Fields>
      <TextField
        label={t("What it is for")}
        path={`${path}.description`}
        value={definition.description}
        onChange={(description) => onChange({ description })}
      />
      <CheckField
        label={t("Needed: no run starts without it")}
        path={`${path}.required`}
        value={definition.required === true}
        onChange={(required) => onChange({ required, ...(required ? { default: undefined } : {}) })}
      />
    </fieldset>
  );
}

function DefaultField(props: {
  name: string;
  path: string;
  definition: ParameterDefinition;
  onChange: (change: Partial<ParameterDefinition>) => void;
}): ReactNode {
  const { path, definition, onChange } = props;
  const { readOnly } = useForm();
  const [typed, setTyped] = useState(() => written(definition.default));
  const thing = thingOf(props.name, definition.type);
  if (thing && !readOnly) {
    return (
      <ThingField
        label={t("Unless said otherwise")}
        thing={thing}
        value={written(definition.default)}
        onChange={(id) => onChange({ default: readValue(definition.type, id) || undefined })}
      />
    );
  }
  return (
    <TextField
      label={t("Unless said otherwise")}
      path={`${path}.default`}
      value={typed}
      onChange={(text) => {
        setTyped(text);
        // What is not one of its type is sent as it is, so that the server says how to write it.
        onChange({
          default: text === "" ? undefined : (readValue(definition.type, text) ?? text),
        });
      }}
    />
  );
}
