import {
  Autocomplete,
  Checkbox,
  type InputWrapperProps,
  NumberInput,
  type OptionsFilter,
  Select,
  TagsInput,
  TextInput,
} from "@mantine/core";
import { createContext, type ReactNode, use } from "react";
import { CodeField, type CodeKind } from "../../../shared/code/CodeField";
import { Problems } from "./problems";

/** What explains a field stands below it, so that fields side by side are level. */
const ORDER: ("label" | "input" | "description" | "error")[] = [
  "label",
  "input",
  "description",
  "error",
];

/** What every field of the editor needs to know. */
interface FormState {
  problems: Problems;
  readOnly: boolean;
  /** Names that a query or a text may use here. */
  names: string[];
}

export const FormContext = createContext<FormState>({
  problems: new Problems(),
  readOnly: false,
  names: [],
});
export const useForm = () => use(FormContext);

interface FieldProps<V> {
  label: string;
  /** In the job file: its problems are said here. */
  path: string;
  value: V | null | undefined;
  onChange: (value: V) => void;
  description?: InputWrapperProps["description"];
  placeholder?: string;
  disabled?: boolean;
}

export function TextField(props: FieldProps<string>): ReactNode {
  const { path, value, onChange, ...rest } = props;
  const { problems, readOnly } = useForm();
  return (
    <TextInput
      {...rest}
      inputWrapperOrder={ORDER}
      value={value ?? ""}
      readOnly={readOnly}
      error={problems.at(path)}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function NumberField(
  props: FieldProps<number | null> & {
    suffix?: string;
    min?: number;
    max?: number;
    decimals?: boolean;
  },
): ReactNode {
  const { path, value, onChange, decimals, ...rest } = props;
  const { problems, readOnly } = useForm();
  return (
    <NumberInput
      {...rest}
      inputWrapperOrder={ORDER}
      clampBehavior="none"
      allowDecimal={decimals ?? false}
      value={value ?? ""}
      readOnly={readOnly}
      error={problems.at(path)}
      onChange={(next) => onChange(next === "" ? null : Number(next))}
    />
  );
}

export function ChoiceField<V extends string>(
  props: FieldProps<V> & { data: { value: V; label: string }[]; searchable?: boolean },
): ReactNode {
  const { path, value, onChange, ...rest } = props;
  const { problems, readOnly } = useForm();
  return (
    <Select
      {...rest}
      inputWrapperOrder={ORDER}
      value={value ?? null}
      readOnly={readOnly}
      error={problems.at(path)}
      onChange={(next) => next && onChange(next as V)}
    />
  );
}

/** Beside what stands there already, the others are suggested too. */
const unlessChosen: OptionsFilter = ({ options, search }) => {
  const values = options.filter((option) => "value" in option);
  const typed = search.trim().toLowerCase();
  return values.some((option) => option.value === search)
    ? values
    : values.filter((option) => option.value.toLowerCase().includes(typed));
};

/** Free text with suggestions; `words` says one that is a code. */
export function SuggestField(
  props: FieldProps<string> & { data: string[]; words?: (value: string) => string },
): ReactNode {
  const { path, value, onChange, words, ...rest } = props;
  const { problems, readOnly } = useForm();
  return (
    <Autocomplete
      {...rest}
      filter={unlessChosen}
      renderOption={words && (({ option }) => words(option.value))}
      inputWrapperOrder={ORDER}
      value={value ?? ""}
      readOnly={readOnly}
      error={problems.at(path)}
      onChange={onChange}
    />
  );
}

export function CheckField(props: Omit<FieldProps<boolean>, "placeholder">): ReactNode {
  const { path, value, onChange, ...rest } = props;
  const { problems, readOnly } = useForm();
  return (
    <Checkbox
      {...rest}
      checked={value ?? false}
      disabled={readOnly || rest.disabled}
      error={problems.at(path)}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

export function TagsField(props: FieldProps<string[]>): ReactNode {
  const { path, value, onChange, ...rest } = props;
  const { problems, readOnly } = useForm();
  return (
    <TagsInput
      {...rest}
      inputWrapperOrder={ORDER}
      value={value ?? []}
      readOnly={readOnly}
      splitChars={[",", ";", " "]}
      error={problems.at(path, true)}
      onChange={onChange}
    />
  );
}

export function QueryField(
  props: FieldProps<string> & { kind?: CodeKind; small?: boolean },
): ReactNode {
  const { path, value, onChange, kind = "sql", ...rest } = props;
  const { problems, readOnly, names } = useForm();
  // A query or a script may stand for its whole action: both paths mean this field.
  const error = problems.at(path) ?? problems.at(`${path}.sql`) ?? problems.at(`${path}.script`);
  return (
    <CodeField
      {...rest}
      kind={kind}
      names={names}
      value={value ?? ""}
      readOnly={readOnly}
      error={error}
      onChange={onChange}
    />
  );
}
