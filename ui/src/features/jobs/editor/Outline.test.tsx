import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { draw } from "../../../test/render";
import type { DraftStep } from "./draft";
import { Outline } from "./Outline";
import { Problems } from "./problems";

const step = (code: string, order: number): DraftStep => ({
  key: code,
  step: {
    step_code: code,
    step_name: code,
    step_order: order,
    step_type: "sql",
    step_action: "SELECT 1",
  },
});

it("moves steps by the keyboard, and shows where something has to be mended", async () => {
  const onMove = vi.fn();
  const onChoose = vi.fn();
  const nothing = () => {};
  draw(
    <Outline
      steps={[step("read", 1), step("check", 2), step("store", 3)]}
      chosen={{ place: "basics" }}
      problems={new Problems([{ path: "steps[1].step_action", code: "bad", message: "Bad." }])}
      readOnly={false}
      isBuiltIn={false}
      onChoose={onChoose}
      onMove={onMove}
      onAdd={nothing}
      onCopy={nothing}
      onRemove={nothing}
    />,
  );
  const entry = screen.getByRole("button", { name: /^check/ });
  expect(entry).toHaveAccessibleName(/1 problem/);
  await userEvent.click(entry);
  expect(onChoose).toHaveBeenCalledWith({ step: "check" });
  await userEvent.keyboard("{Alt>}{ArrowUp}{ArrowDown}{/Alt}");
  expect(onMove.mock.calls).toEqual([
    [1, 0],
    [1, 2],
  ]);
  screen.getByRole("button", { name: /^store/ }).focus();
  await userEvent.keyboard("{Alt>}{ArrowDown}{/Alt}");
  expect(onMove).toHaveBeenCalledTimes(2);
});
