import { afterEach, beforeEach, expect, it } from "vitest";
import { activeShortcuts, handleKey, register, setSingleKeys } from "./registry";

const ran: string[] = [];
const off: (() => void)[] = [];
const on = (keys: string, name = keys) =>
  off.push(register({ keys, label: name, group: "Test", run: () => ran.push(name) }));
const press = (key: string, at = 0, init: KeyboardEventInit = {}, target?: HTMLElement) => {
  const event = new KeyboardEvent("keydown", { key, cancelable: true, bubbles: true, ...init });
  if (target) Object.defineProperty(event, "target", { value: target });
  return handleKey(event, at);
};

beforeEach(() => {
  ran.length = 0;
  setSingleKeys(true);
});
afterEach(() => {
  for (const end of off.splice(0)) end();
});

it("runs a sequence only when the second key comes soon", () => {
  on("g h");
  press("g", 0);
  press("h", 400);
  press("g", 5_000);
  press("h", 7_000);
  expect(ran).toEqual(["g h"]);
});

it("lets the screen that came last have the key", () => {
  on("c", "create segment");
  on("c", "create campaign");
  press("c");
  expect(ran).toEqual(["create campaign"]);
  expect(activeShortcuts()).toHaveLength(1);
});

it("leaves single keys alone while typing, but not Ctrl keys", () => {
  on("a");
  on("mod+s");
  const field = document.createElement("input");
  press("a", 0, {}, field);
  press("s", 0, { ctrlKey: true }, field);
  expect(ran).toEqual(["mod+s"]);
});

it("can be told to ignore single keys", () => {
  on("a");
  setSingleKeys(false);
  expect(press("a")).toBe(false);
  expect(ran).toEqual([]);
});
