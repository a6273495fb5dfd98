import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { sql } from "@codemirror/lang-sql";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { type ReactNode, useEffect } from "react";
import fields from "../form/field.module.css";
import classes from "./code.module.css";
import { useCodeMirror } from "./useCodeMirror";

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
  const { label, description, kind, error, small, tall, reveal } = props;
  const { host, view, labelId, wordsId } = useCodeMirror({
    value: props.value,
    onChange: props.onChange,
    readOnly: props.readOnly,
    complete: (context) => complete(context, props.names ?? []),
    attributes: { spellcheck: "false", autocorrect: "off", autocapitalize: "off" },
    extensions: () => [
      keymap.of([indentWithTab]),
      indentUnit.of("  "),
      colours,
      lineNumbers(),
      kind === "sql" ? sql() : kind === "json" ? json() : [],
    ],
  });
  useEffect(() => {
    const editor = view.current;
    if (!editor || !reveal) return;
    const anchor = Math.min(reveal.at, editor.state.doc.length);
    editor.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: "start", yMargin: 40 }),
    });
    editor.focus();
  }, [reveal, view]);
  return (
    <div className={classes.code} data-tall={tall || undefined}>
      <span id={labelId} className={fields.label}>
        {label}
      </span>
      {description && <span className={fields.description}>{description}</span>}
      <div
        ref={host}
        className={classes.codeBox}
        data-small={small || undefined}
        data-tall={tall || undefined}
        data-bad={error ? true : undefined}
      />
      <span id={wordsId} className={fields.error} role={error ? "alert" : undefined}>
        {error}
      </span>
    </div>
  );
}

function complete(context: CompletionContext, names: string[]): CompletionResult | null {
  const word = context.matchBefore(/(?::|\{\{\s*)[a-zA-Z_][\w.]*|(?::|\{\{\s*)/);
  if (!word) return null;
  const open = /^(?::|\{\{\s*)/.exec(word.text)?.[0] ?? "";
  // A cast, `x::text`, is no name.
  if (context.state.sliceDoc(word.from - 1, word.from) === ":") return null;
  return {
    from: word.from + open.length,
    options: names.map((name) => ({ label: name, type: "variable" })),
    validFor: /^[\w.]*$/,
  };
}
