import type { Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import type { MessageProblem } from "./types";

/** Marks every match of a pattern with a class, only where it is seen. */
function marker(regexp: RegExp, className: string) {
  const decorator = new MatchDecorator({
    regexp,
    decoration: Decoration.mark({ class: className }),
  });
  return ViewPlugin.fromClass(
    class {
      marks: DecorationSet;
      constructor(view: EditorView) {
        this.marks = decorator.createDeco(view);
      }
      update(update: ViewUpdate) {
        this.marks = decorator.updateDeco(update, this.marks);
      }
    },
    { decorations: (plugin) => plugin.marks },
  );
}

export const fieldMarks = (short: boolean) =>
  marker(short ? /\{\{.*?\}\}|\{%.*?%\}|\{[a-z_]+\}/g : /\{\{.*?\}\}|\{%.*?%\}/g, "cm-field");
export const tagMarks = marker(/<\/?[a-zA-Z][^<>{}]*>/g, "cm-tag-name");

/** Places in the text for problems, whose columns count characters and not UTF-16 units. */
export function diagnosticsOf(doc: Text, problems: MessageProblem[]): Diagnostic[] {
  const at = (line: number, column: number) => {
    const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const units = [...found.text].slice(0, column - 1).join("").length;
    return Math.min(found.from + units, doc.length);
  };
  return problems.flatMap((problem) => {
    if (problem.line === null || problem.column === null) return [];
    const from = at(problem.line, problem.column);
    const end = at(problem.endLine ?? problem.line, problem.endColumn ?? problem.column + 1);
    // A mistake without extent (a tag that is missing at the very end) still needs something to underline.
    const to = Math.max(end, Math.min(from + 1, doc.length));
    return [{ from: Math.min(from, to), to, severity: problem.severity, message: problem.message }];
  });
}
