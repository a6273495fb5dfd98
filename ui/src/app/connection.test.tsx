import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { draw } from "../test/render";
import { setConnected, useLost } from "./connection";

function Lost() {
  return <output>{useLost() === undefined ? "there" : "lost"}</output>;
}
const shown = () => screen.getByRole("status").textContent;

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  setConnected(true);
  vi.useRealTimers();
});

it("speaks of a lost connection only when it does not come back soon", () => {
  draw(<Lost />);
  act(() => setConnected(false));
  act(() => vi.advanceTimersByTime(2_000));
  act(() => setConnected(true));
  act(() => vi.advanceTimersByTime(10_000));
  expect(shown()).toBe("there");
  act(() => setConnected(false));
  act(() => vi.advanceTimersByTime(1_000));
  act(() => setConnected(false));
  act(() => vi.advanceTimersByTime(2_000));
  expect(shown()).toBe("lost");
  act(() => setConnected(true));
  expect(shown()).toBe("there");
});
