import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { useGet, usePage } from "../../shared/api";
import { t } from "../../shared/i18n";
import { AppLink } from "../../shared/link";
import { isId, type Thing } from "./model/things";

interface Named {
  id: string | number;
  name?: string;
  email?: string | null;
  phone?: string | null;
}

interface ThingFieldProps {
  label?: string;
  "aria-label"?: string;
  description?: string;
  required?: boolean;
  error?: string;
  thing: Thing;
  /** Its id; empty: none is chosen. */
  value: string;
  onChange: (id: string) => void;
}

/** The name of something, as a link to it; its id where it is gone or was never there. */
export function ThingLink({ thing, id }: { thing: Thing; id: string }): ReactNode {
  const { data } = useGet<Named>(`${thing.path}/${id}`);
  if (String(data?.id) !== id || !data) return <code>{id}</code>;
  return <AppLink href={`${thing.path}/${id}`}>{nameOf(data)}</AppLink>;
}

const nameOf = (one: Named): string => one.name || one.email || one.phone || `#${one.id}`;

/** Something of Muster, found by its name; an id that somebody has may be pasted. */
export function ThingField(props: ThingFieldProps): ReactNode {
  const { thing, value, onChange, ...field } = props;
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 200);
  const wanted = search === chosen ? "" : search;
  const found = usePage<Named>(thing.path, { search: wanted, pageSize: 20 });
  const options = (found.data?.data ?? []).map((one) => ({
    value: String(one.id),
    label: nameOf(one),
  }));
  const isKnown = options.some((option) => option.value === value);
  // A value of its own, a default or what was pasted, has a name, too.
  const current = useGet<Named>(`${thing.path}/${value}`, undefined, {
    enabled: value !== "" && !isKnown && isId(value),
  });
  const own = String(current.data?.id) === value ? current.data : undefined;
  if (value && !isKnown) options.unshift({ value, label: own ? nameOf(own) : value });
  if (isId(wanted) && wanted !== value) options.unshift({ value: wanted, label: wanted });
  return (
    <Select
      {...field}
      searchable
      clearable
      placeholder={thing.placeholder}
      data={options}
      filter={({ options: all }) => all}
      value={value || null}
      onSearchChange={setTyped}
      onChange={(next, option) => {
        setChosen(option?.label ?? "");
        onChange(next ?? "");
      }}
      nothingFoundMessage={found.isPending ? t("Looking…") : thing.none}
    />
  );
}
