import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { html } from "@codemirror/lang-html";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { lineNumbers } from "@codemirror/view";
import { type ReactNode, type Ref, useEffect, useImperativeHandle } from "react";
import { useCodeMirror } from "../code/useCodeMirror";
import { t } from "../i18n";
import { StatusShape } from "../ui";
import { diagnosticsOf, fieldMarks, tagMarks } from "./codemirror";
import classes from "./message.module.css";
import type { MessageProblem } from "./types";

export interface TemplateFieldHandle {
  /** Writes at the cursor, in place of what is selected. */
  insert: (text: string) => void;
  focus: () => void;
}

interface TemplateFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  problems: MessageProblem[];
  /** Names that are offered while typing. */
  names: string[];
  kind: "text" | "line" | "html";
  readOnly?: boolean;
  /** Right of the label: a counter. */
  aside?: ReactNode;
  ref?: Ref<TemplateFieldHandle>;
  onFocus?: () => void;
}

/** A field for a template: names marked, mistakes underlined and listed with line and column while typing. */
export function TemplateField(props: TemplateFieldProps): ReactNode {
  const { label, kind, problems } = props;
  const { host, view, labelId, wordsId } = useCodeMirror({
    value: props.value,
    onChange: props.onChange,
    onFocus: props.onFocus,
    readOnly: props.readOnly,
    complete: (context) => complete(context, kind, props.names),
    attributes: { spellcheck: "true" },
    extensions: () => [
      fieldMarks(kind !== "html"),
      // Tags closed by the editor would stand twice when people type them out.
      kind === "html" ? [html({ autoCloseTags: false }), tagMarks, lineNumbers()] : [],
      kind === "line" ? oneLine : [],
    ],
  });

  useEffect(() => {
    const editor = view.current;
    if (editor) {
      editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state.doc, problems)));
    }
  }, [problems, view]);

  useImperativeHandle(props.ref, () => ({
    insert: (text) => {
      const editor = view.current;
      if (!editor) return;
      editor.dispatch(editor.state.replaceSelection(text));
      editor.focus();
    },
    focus: () => view.current?.focus(),
  }));

  const bad = problems.some((problem) => problem.severity === "error");
  return (
    <div className={classes.field}>
      <div className={classes.labelLine}>
        <span id={labelId} className={classes.label}>
          {label}
        </span>
        {props.aside && <span className={classes.labelAside}>{props.aside}</span>}
      </div>
      <div ref={host} className={classes.editor} data-kind={kind} data-bad={bad || undefined} />
      <ProblemLines id={wordsId} problems={problems} lines={kind !== "line"} />
    </div>
  );
}

/** Mistakes in words, each with its place. */
export function ProblemLines(props: {
  id?: string;
  problems: MessageProblem[];
  lines?: boolean;
}): ReactNode {
  return (
    <ul id={props.id} className={classes.problems} aria-live="polite">
      {props.problems.map((problem, place) => (
        <li key={place} className={classes.problem} data-severity={problem.severity}>
          <StatusShape status={problem.severity === "error" ? "failed" : "warning"} />
          <span>
            {problem.line !== null && problem.code !== "missing_unsubscribe_link" && (
              <b>
                {props.lines
                  ? t("Line {line}, column {column}:", {
                      line: problem.line,
                      column: problem.column ?? 1,
                    })
                  : t("Column {column}:", { column: problem.column ?? 1 })}
              </b>
            )}{" "}
            {problem.message}
          </span>
        </li>
      ))}
    </ul>
  );
}

const oneLine = EditorState.transactionFilter.of((change) =>
  change.newDoc.lines > 1 ? [] : change,
);

function complete(
  context: CompletionContext,
  kind: TemplateFieldProps["kind"],
  names: string[],
): CompletionResult | null {
  const word = context.matchBefore(kind === "html" ? /\{\{\s*[a-z_.]*/ : /\{\{?\s*[a-z_.]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const open = word.text.match(/^\{\{?\s*/)?.[0] ?? "";
  return {
    from: word.from + open.length,
    options: names.map((name) => ({ label: name, type: "variable" })),
    validFor: /^[a-z_.]*$/,
  };
}
