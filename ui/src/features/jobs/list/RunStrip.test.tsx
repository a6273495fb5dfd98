import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { draw } from "../../../test/render";
import type { LastRun } from "../model/types";
import { RunStrip } from "./RunStrip";

const run = (id: string, status: LastRun["status"], slaBreached = false): LastRun => ({
  id,
  status,
  startedAt: "2026-11-24T07:02:00Z",
  durationSeconds: 38,
  slaBreached,
});

it("is one stop for the keyboard, and the arrow keys go from run to run", async () => {
  const { went } = draw(
    <RunStrip
      jobId="j"
      jobName="Nightly"
      runs={[run("a", "success"), run("b", "failure", true), run("c", "running")]}
    />,
  );
  const links = screen.getAllByRole("link");
  expect(links.map((link) => link.tabIndex)).toEqual([-1, -1, 0]);
  expect(links[1]).toHaveAccessibleName(/^Failed · .* · 38 s · longer than agreed$/);
  await userEvent.tab();
  expect(links[2]).toHaveFocus();
  await userEvent.keyboard("{ArrowLeft}{ArrowLeft}{ArrowLeft}");
  expect(links[0]).toHaveFocus();
  await userEvent.keyboard("{ArrowRight}{Enter}");
  expect(went).toEqual(["/jobs/j/executions/b"]);
});
