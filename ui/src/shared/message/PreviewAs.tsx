import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactNode, useMemo, useState } from "react";
import { usePage } from "../api";
import { t } from "../i18n";

interface CustomerHit {
  id: number;
  name?: string;
  firstName?: string;
  lastName?: string;
  email?: string | null;
  phone?: string | null;
  city?: string | null;
}

interface PreviewAsProps {
  value: number | null;
  onChange: (customer: number | null) => void;
}

const nameOf = (hit: CustomerHit) =>
  hit.name ||
  [hit.firstName, hit.lastName].filter(Boolean).join(" ") ||
  hit.email ||
  hit.phone ||
  `#${hit.id}`;

/** Whose values fill the preview: a real customer, found by name, email or phone. */
export function PreviewAs({ value, onChange }: PreviewAsProps): ReactNode {
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed, 200);
  const found = usePage<CustomerHit>("/customers", { search, pageSize: 20 });
  const [chosen, setChosen] = useState<{ value: string; label: string }>();
  const options = useMemo(() => {
    const hits = (found.data?.data ?? []).map((hit) => ({
      value: String(hit.id),
      label: [nameOf(hit), hit.city].filter(Boolean).join(", "),
    }));
    return chosen && !hits.some((hit) => hit.value === chosen.value) ? [chosen, ...hits] : hits;
  }, [found.data, chosen]);
  return (
    <Select
      aria-label={t("Preview as")}
      placeholder={t("Preview as a customer")}
      style={{ width: 230 }}
      searchable
      clearable
      data={options}
      filter={({ options: all }) => all}
      value={value === null ? null : String(value)}
      onSearchChange={setTyped}
      onChange={(next, option) => {
        setChosen(option ?? undefined);
        onChange(next === null ? null : Number(next));
      }}
      nothingFoundMessage={found.isPending ? t("Looking…") : t("No customer matches")}
    />
  );
}
