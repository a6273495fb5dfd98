import { Text } from "@codemirror/state";
import { expect, test } from "vitest";
import { diagnosticsOf } from "./codemirror";
import type { MessageProblem } from "./types";

const problem = (
  line: number,
  column: number,
  endLine: number,
  endColumn: number,
): MessageProblem => ({
  field: "textBody",
  severity: "error",
  code: "unknown_variable",
  message: "Nobody knows “citi”.",
  line,
  column,
  endLine,
  endColumn,
  suggestion: "city",
});
const doc = Text.of(["Habari 😀 {citi}", "{{ x"]);
const marked = (one: MessageProblem) =>
  diagnosticsOf(doc, [one]).map(({ from, to }) => doc.sliceString(from, to));

test("columns count characters, so an emoji before the mistake does not shift it", () => {
  expect(marked(problem(1, 11, 1, 15))).toEqual(["citi"]);
});

test("a mistake without extent still underlines something", () => {
  expect(marked(problem(2, 1, 2, 1))).toEqual(["{"]);
});

test("places beyond the text stay inside it", () => {
  expect(marked(problem(9, 9, 9, 12))).toEqual([""]);
});

test("what has no place is not underlined", () => {
  expect(marked({ ...problem(1, 1, 1, 2), line: null, column: null })).toEqual([]);
});
