import { expect, it } from "vitest";
import { fitting } from "./fit";
import type { Column } from "./types";

const column = (key: string, width: string, optional = false): Column<string> => ({
  key,
  header: key,
  width,
  optional,
  cell: () => null,
});
const columns = [
  column("name", "minmax(200px, 2fr)"),
  column("opened", "84px", true),
  column("starts", "132px"),
  column("owner", "minmax(80px, 1fr)", true),
];
const room = { narrow: false, selecting: false, inline: false };
const keys = (width: number, more = {}) =>
  fitting(columns, { ...room, ...more, width })
    .map((one) => one.key)
    .join(" ");

it("lets optional columns go where there is no room, the last one first", () => {
  expect(keys(592)).toBe("name opened starts owner");
  expect(keys(591)).toBe("name opened starts");
  expect(keys(480)).toBe("name starts");
  expect(keys(200)).toBe("name starts");
});

it("counts the column of checkboxes and the edges of a table that fills its page", () => {
  expect(keys(592, { selecting: true })).toBe("name opened starts");
  expect(keys(544, { inline: true })).toBe("name opened starts owner");
});

it("shows all before it knows the width, and none of them in a narrow window", () => {
  expect(keys(0)).toBe("name opened starts owner");
  expect(keys(1_100, { narrow: true })).toBe("name starts");
});
