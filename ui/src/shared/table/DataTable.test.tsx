import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { draw } from "../../test/render";
import { ApiError } from "../api";
import { useShortcutListener } from "../keys";
import { DataTable, type DataTableProps } from ".";

interface Fruit {
  id: string;
  name: string;
}
const fruits: Fruit[] = ["mango", "papaya", "guava"].map((name) => ({ id: name, name }));
const base: DataTableProps<Fruit> = {
  label: "Fruits",
  columns: [{ key: "name", header: "Name", sortable: true, cell: (row) => row.name }],
  rows: fruits,
  rowKey: (row) => row.id,
};

function Keyed(props: DataTableProps<Fruit>) {
  useShortcutListener();
  return <DataTable {...props} />;
}

function Selecting() {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  return (
    <>
      <DataTable {...base} inline selected={selected} onSelect={setSelected} />
      <output>{[...selected].join(" ")}</output>
    </>
  );
}

it("walks with J and K and opens with Enter", async () => {
  const opened: string[] = [];
  draw(<Keyed {...base} onOpen={(row) => opened.push(row.id)} />);
  await userEvent.keyboard("jjk{Enter}j{Enter}");
  expect(opened).toEqual(["mango", "papaya"]);
});

it("selects rows by checkbox, all at once by the head", async () => {
  draw(<Selecting />);
  const boxes = screen.getAllByRole("checkbox");
  await userEvent.click(boxes[2] as HTMLElement);
  expect(screen.getByRole("status").textContent).toBe("papaya");
  await userEvent.click(boxes[0] as HTMLElement);
  expect(screen.getByRole("status").textContent).toBe("mango papaya guava");
});

it("says which way it sorts and turns it", async () => {
  const onSort = vi.fn();
  draw(<DataTable {...base} inline sort={{ key: "name", desc: false }} onSort={onSort} />);
  const head = screen.getByRole("columnheader", { name: "Name" });
  expect(head).toHaveAttribute("aria-sort", "ascending");
  await userEvent.click(within(head).getByRole("button"));
  expect(onSort).toHaveBeenCalledWith({ key: "name", desc: true });
});

it("shows an error where it happened, with its reference and a way on", async () => {
  const onRetry = vi.fn();
  const error = new ApiError(
    503,
    "busy",
    "The team database did not answer for 10 s.",
    [],
    "7F3K21",
  );
  draw(<DataTable {...base} rows={undefined} error={error} onRetry={onRetry} />);
  expect(screen.getByRole("alert")).toHaveTextContent("did not answer for 10 s. Ref 7F3K21");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(onRetry).toHaveBeenCalledOnce();
});

it("draws a million rows as a few", () => {
  const rows = Array.from({ length: 1_000_000 }, (_, n) => ({ id: String(n), name: `row ${n}` }));
  draw(<DataTable {...base} rows={rows} total={rows.length} />);
  const table = screen.getByRole("table", { name: "Fruits" });
  expect(table).toHaveAttribute("aria-rowcount", "1000000");
  expect(within(table).getAllByRole("row").length).toBeLessThan(80);
});
