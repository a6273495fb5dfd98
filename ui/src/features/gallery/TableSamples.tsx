import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import {
  Chip,
  type Column,
  DataTable,
  FilterMenu,
  SelectionBar,
  type Sort,
  Toolbar,
} from "../../shared/table";
import { Channels, EmptyState, Num, StatusMark, shapeOf } from "../../shared/ui";

interface Sample {
  id: string;
  status: string;
  name: string;
  channel: string;
  people: number;
}
const names = ["Weekend data win-back · lapsed Gold & Silver", "Pointi zako zinaisha", "Krismasi"];
const states = ["running", "paused", "completed", "draft", "scheduled", "failed"];
const make = (count: number): Sample[] =>
  Array.from({ length: count }, (_, place) => ({
    id: String(place),
    status: states[place % states.length] ?? "draft",
    name: `${names[place % names.length]} ${place + 1}`,
    channel: ["sms", "email", "multi"][place % 3] ?? "sms",
    people: (place * 7919) % 90_000,
  }));

const columns: Column<Sample>[] = [
  {
    key: "status",
    header: "Status",
    width: "150px",
    sortable: true,
    cell: (row) => <StatusMark status={shapeOf(row.status)} />,
  },
  {
    key: "name",
    header: "Campaign",
    width: "minmax(180px, 2fr)",
    cell: (row) => <b>{row.name}</b>,
  },
  {
    key: "channel",
    header: "Channels",
    width: "110px",
    optional: true,
    cell: (row) => <Channels of={[row.channel]} />,
  },
  {
    key: "people",
    header: "People",
    width: "90px",
    right: true,
    sortable: true,
    cell: (row) => <Num value={row.people} />,
  },
];

export function TableSamples(): ReactNode {
  const [rows, setRows] = useState(() => make(300));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [sort, setSort] = useState<Sort>({ key: "status", desc: true });
  const [search, setSearch] = useState("");
  const common = { label: "Campaigns", columns, rowKey: (row: Sample) => row.id };
  return (
    <section>
      <div style={{ display: "flex", flexDirection: "column", height: 360, margin: "0 -24px" }}>
        <Toolbar search={search} onSearch={setSearch} placeholder="Name, code or segment">
          <Chip label="Status is not archived" onRemove={() => {}} />
          <FilterMenu
            groups={[
              { label: "Status", options: [{ label: "Running", on: true, onToggle: () => {} }] },
            ]}
          />
        </Toolbar>
        <DataTable
          {...common}
          rows={rows}
          total={1_000_000}
          sort={sort}
          onSort={setSort}
          selected={selected}
          onSelect={setSelected}
          onOpen={() => {}}
          hasMore
          onLoadMore={() => setRows((all) => make(all.length + 300))}
          tone={(row) => (row.status === "completed" ? "quiet" : undefined)}
        />
      </div>
      <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 24, marginTop: 24 }}>
        <DataTable {...common} inline rows={undefined} />
        <DataTable
          {...common}
          inline
          rows={[]}
          empty={
            <EmptyState
              title="No campaigns yet"
              text="A campaign says who gets which offer, and when."
            />
          }
        />
      </div>
      <SelectionBar count={selected.size} onClear={() => setSelected(new Set())}>
        <Button variant="subtle">Duplicate</Button>
        <Button variant="subtle">Archive</Button>
      </SelectionBar>
    </section>
  );
}
