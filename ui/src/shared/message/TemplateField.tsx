import { autocompletion, type CompletionContext } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { html } from "@codemirror/lang-html";
import { setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, Transaction } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { type ReactNode, type Ref, useEffect, useId, useImperativeHandle, useRef } from "react";
import { t } from "../i18n";
import { StatusShape } from "../ui";
import { diagnosticsOf, editorTheme, fieldMarks, tagMarks } from "./codemirror";
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
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const labelId = useId();
  const problemsId = useId();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; later values reach it through the effects below
  useEffect(() => {
    if (!host.current) return;
    const made = makeEditor(host.current, latest, labelId, problemsId);
    view.current = made;
    return () => made.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === props.value) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: props.value },
      annotations: Transaction.addToHistory.of(false),
    });
  }, [props.value]);

  useEffect(() => {
    const editor = view.current;
    if (editor) {
      editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state.doc, problems)));
    }
  }, [problems]);

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
      <ProblemLines id={problemsId} problems={problems} lines={kind !== "line"} />
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

function makeEditor(
  parent: HTMLElement,
  latest: { current: TemplateFieldProps },
  labelId: string,
  problemsId: string,
): EditorView {
  const { kind, value, readOnly } = latest.current;
  const complete = (context: CompletionContext) => {
    const word = context.matchBefore(kind === "html" ? /\{\{\s*[a-z_.]*/ : /\{\{?\s*[a-z_.]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const open = word.text.match(/^\{\{?\s*/)?.[0] ?? "";
    return {
      from: word.from + open.length,
      options: latest.current.names.map((name) => ({ label: name, type: "variable" })),
      validFor: /^[a-z_.]*$/,
    };
  };
  const oneLine = EditorState.transactionFilter.of((change) =>
    change.newDoc.lines > 1 ? [] : change,
  );
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: value,
      extensions: [
        history(),
        keymap.of([...defaultKeymap.filter((key) => key.key !== "Mod-Enter"), ...historyKeymap]),
        autocompletion({ override: [complete], icons: false }),
        EditorView.lineWrapping,
        editorTheme,
        fieldMarks(kind !== "html"),
        // Tags closed by the editor would stand twice when people type them out.
        kind === "html" ? [html({ autoCloseTags: false }), tagMarks, lineNumbers()] : [],
        kind === "line" ? oneLine : [],
        new Compartment().of(EditorState.readOnly.of(readOnly ?? false)),
        EditorView.contentAttributes.of({
          "aria-labelledby": labelId,
          "aria-describedby": problemsId,
          spellcheck: "true",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          if (update.focusChanged && update.view.hasFocus) latest.current.onFocus?.();
        }),
      ],
    }),
  });
}
