import { Select, type SelectProps } from "@mantine/core";
import { type ReactNode, useState } from "react";

type PickOneProps = Omit<SelectProps, "value" | "onChange" | "searchValue" | "onSearchChange"> & {
  onPick: (value: string) => void;
};

/** A search that hands over what is picked and is empty again for the next. */
export function PickOne({ onPick, ...rest }: PickOneProps): ReactNode {
  const [search, setSearch] = useState("");
  return (
    <Select
      {...rest}
      searchable
      value={null}
      searchValue={search}
      onSearchChange={setSearch}
      onChange={(value) => {
        setSearch("");
        if (value) onPick(value);
      }}
    />
  );
}
