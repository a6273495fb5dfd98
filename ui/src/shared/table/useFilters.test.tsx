import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { expect, it } from "vitest";
import { draw } from "../../test/render";
import { useFilters } from "./useFilters";

function Filtered(): ReactNode {
  const { bar, values } = useFilters({
    status: { label: "Status", options: [{ key: "paused", label: "Paused" }] },
  });
  return (
    <>
      {bar}
      <output>{values.status ?? "any"}</output>
    </>
  );
}

it("narrows down and back by the keyboard alone, which keeps its place", async () => {
  const person = userEvent.setup();
  draw(<Filtered />);
  const menu = screen.getByRole("button", { name: "Filter" });
  await person.click(menu);
  await person.click(await screen.findByRole("menuitem", { name: "Paused" }));
  expect(screen.getByRole("status")).toHaveTextContent("paused");
  await person.keyboard("{Escape}");
  screen.getByRole("button", { name: "Remove filter Status: Paused" }).focus();
  await person.keyboard("{Enter}");
  expect(screen.getByRole("status")).toHaveTextContent("any");
  expect(document.activeElement).toBe(menu);
});
