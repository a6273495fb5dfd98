import { autocompletion, type CompletionContext } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { sql } from "@codemirror/lang-sql";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Transaction } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { editorTheme } from "../message/codemirror";
import classes from "./code.module.css";

export type CodeKind = "sql" | "json" | "plain";

interface CodeFieldProps {
  label: string;
  description?: ReactNode;
  kind: CodeKind;
  value: string;
  onChange: (value: string) => void;
  error?: string;
  readOnly?: boolean;
  /** Offered after a colon, or between braces: values that are known here. */
  names?: string[];
  /** One line high at first. */
  small?: boolean;
  /** As high as there is room. */
  tall?: boolean;
  /** Where to lead whoever writes; a new object leads there again. */
  reveal?: { at: number };
}

/** Colours of words, out of the tokens. */
const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.keyword, color: "var(--m-info)" },
    { tag: [tags.string, tags.special(tags.string)], color: "var(--m-good)" },
    { tag: [tags.number, tags.bool, tags.null], color: "var(--m-warn)" },
    { tag: tags.comment, color: "var(--m-text3)", fontStyle: "italic" },
    { tag: [tags.typeName, tags.propertyName], color: "var(--m-accent)" },
  ]),
);

/** A field for queries, scripts and JSON. Escape and then Tab leaves it; Tab alone indents. */
export function CodeField(props: CodeFieldProps): ReactNode {
  const { label, description, value, error, small, tall, reveal } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const labelId = useId();
  const errorId = useId();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; later values reach it through the effects below
  useEffect(() => {
    if (!host.current) return;
    const made = makeEditor(host.current, latest, labelId, errorId);
    view.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      annotations: Transaction.addToHistory.of(false),
    });
  }, [value]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || !reveal) return;
    const anchor = Math.min(reveal.at, editor.state.doc.length);
    editor.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: "start", yMargin: 40 }),
    });
    editor.focus();
  }, [reveal]);
  return (
    <div className={classes.code} data-tall={tall || undefined}>
      <span id={labelId} className={classes.label}>
        {label}
      </span>
      {description && <span className={classes.description}>{description}</span>}
      <div
        ref={host}
        className={classes.codeBox}
        data-small={small || undefined}
        data-tall={tall || undefined}
        data-bad={error ? true : undefined}
      />
      <span id={errorId} className={classes.error} role={error ? "alert" : undefined}>
        {error}
      </span>
    </div>
  );
}

function makeEditor(
  parent: HTMLElement,
  latest: { current: CodeFieldProps },
  labelId: string,
  errorId: string,
): EditorView {
  const { kind, value, readOnly } = latest.current;
  const complete = (context: CompletionContext) => {
    const word = context.matchBefore(/(?::|\{\{\s*)[a-zA-Z_][\w.]*|(?::|\{\{\s*)/);
    if (!word) return null;
    const open = /^(?::|\{\{\s*)/.exec(word.text)?.[0] ?? "";
    // A cast, `x::text`, is no name.
    if (context.state.sliceDoc(word.from - 1, word.from) === ":") return null;
    return {
      from: word.from + open.length,
      options: (latest.current.names ?? []).map((name) => ({ label: name, type: "variable" })),
      validFor: /^[\w.]*$/,
    };
  };
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: value,
      extensions: [
        history(),
        keymap.of([
          ...defaultKeymap.filter((key) => key.key !== "Mod-Enter"),
          ...historyKeymap,
          indentWithTab,
        ]),
        autocompletion({ override: [complete], icons: false }),
        indentUnit.of("  "),
        EditorView.lineWrapping,
        editorTheme,
        colours,
        lineNumbers(),
        kind === "sql" ? sql() : kind === "json" ? json() : [],
        EditorState.readOnly.of(readOnly ?? false),
        EditorView.contentAttributes.of({
          "aria-labelledby": labelId,
          "aria-describedby": errorId,
          spellcheck: "false",
          autocorrect: "off",
          autocapitalize: "off",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest.current.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
}
