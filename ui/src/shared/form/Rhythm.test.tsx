import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactNode, useState } from "react";
import { expect, it, vi } from "vitest";
import { draw } from "../../test/render";
import { RhythmFields } from "./Rhythm";

const USUAL = { hour: 9, minute: 0, days: [1] };

function Form(props: { first: string; onChange: (cron: string) => void }): ReactNode {
  const [value, setValue] = useState(props.first);
  const change = (cron: string) => {
    props.onChange(cron);
    setValue(cron);
  };
  return <RhythmFields value={value} onChange={change} usual={USUAL} readOnly={false} />;
}

const choose = async (name: string) => {
  await userEvent.click(screen.getByRole("combobox", { name: "Repeats" }));
  await userEvent.click(screen.getByRole("option", { name, hidden: true }));
};

it("writes a rhythm that is chosen as a cron expression, and says it in words", async () => {
  const onChange = vi.fn();
  draw(<Form first="" onChange={onChange} />);
  expect(screen.queryByLabelText("Cron expression")).toBeNull();
  await choose("On days of the week");
  expect(onChange).toHaveBeenLastCalledWith("0 9 * * 1");
  await userEvent.click(screen.getByRole("checkbox", { name: "Thu" }));
  expect(onChange).toHaveBeenLastCalledWith("0 9 * * 1,4");
  fireEvent.change(screen.getByLabelText("At"), { target: { value: "17:30" } });
  expect(onChange).toHaveBeenLastCalledWith("30 17 * * 1,4");
  expect(screen.getByText(/17:30.*Monday.*Thursday/)).toBeVisible();
  await choose("On a day of the month");
  expect(onChange).toHaveBeenLastCalledWith("30 17 1 * *");
});

it("never leaves a week without a day", async () => {
  const onChange = vi.fn();
  draw(<Form first="0 9 * * 1" onChange={onChange} />);
  await userEvent.click(screen.getByRole("checkbox", { name: "Mon" }));
  expect(onChange).not.toHaveBeenCalled();
});

it("shows an expression that nobody can choose, and lets any be written", async () => {
  const onChange = vi.fn();
  const { unmount } = draw(<Form first="0 9 1 1 *" onChange={onChange} />);
  expect(screen.getByLabelText("Cron expression")).toHaveValue("0 9 1 1 *");
  unmount();
  draw(<Form first="0 9 * * *" onChange={onChange} />);
  expect(screen.queryByLabelText("Cron expression")).toBeNull();
  await choose("As written below");
  expect(screen.getByLabelText("Cron expression")).toHaveValue("0 9 * * *");
  await userEvent.type(screen.getByLabelText("Cron expression"), "{Backspace}1-5");
  expect(onChange).toHaveBeenLastCalledWith("0 9 * * 1-5");
});
