import type { Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import type { MessageProblem } from "./types";

/** Colours come from the tokens, so that one theme serves light and dark. */
export const editorTheme = EditorView.theme({
  "&": { backgroundColor: "var(--m-surface)", color: "var(--m-text)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { lineHeight: "20px", overflow: "auto" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--m-text)" },
  ".cm-line": { padding: "0 10px" },
  ".cm-cursor": { borderLeftColor: "var(--m-text)" },
  ".cm-gutters": {
    backgroundColor: "var(--m-sunken)",
    color: "var(--m-text3)",
    borderRight: "1px solid var(--m-line)",
    fontSize: "11px",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": {
    backgroundColor: "color-mix(in srgb, var(--m-accent) 26%, transparent) !important",
  },
  ".cm-field": {
    backgroundColor: "var(--m-tint)",
    color: "var(--m-accent)",
    borderRadius: "4px",
    padding: "1px 0",
    fontWeight: "500",
  },
  ".cm-tag-name": { color: "var(--m-info)" },
  ".cm-tooltip": {
    backgroundColor: "var(--m-surface)",
    color: "var(--m-text)",
    border: "1px solid var(--m-line2)",
    borderRadius: "6px",
    boxShadow: "var(--m-shadow)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--m-tint)",
    color: "var(--m-text)",
  },
  ".cm-diagnostic": { padding: "4px 10px", borderLeft: "none", fontSize: "12px" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--m-bad-dot) 1.5px",
    textUnderlineOffset: "3px",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--m-warn-dot) 1.5px",
    textUnderlineOffset: "3px",
  },
});

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
