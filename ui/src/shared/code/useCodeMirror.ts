import { autocompletion, type CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState, type Extension, Transaction } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { useEffect, useId, useRef } from "react";
import { editorTheme } from "./theme";

interface Options {
  value: string;
  onChange: (value: string) => void;
  onFocus?: () => void;
  readOnly?: boolean;
  /** What is offered while typing. */
  complete: CompletionSource;
  /** Of the element in which people write. */
  attributes: Record<string, string>;
  /** What else it can do; asked for once. */
  extensions: () => Extension;
}

/**
 * An editor in `host`, named by the element `labelId` and described by `wordsId`. It is made once: a value from outside
 * takes the place of what it holds, and what is told of it is what was given last.
 */
export function useCodeMirror(options: Options) {
  const { value } = options;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const labelId = useId();
  const wordsId = useId();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; later values reach it through the effect below
  useEffect(() => {
    if (!host.current) return;
    const { attributes, readOnly = false, extensions } = latest.current;
    const made = new EditorView({
      parent: host.current,
      doc: latest.current.value,
      extensions: [
        history(),
        keymap.of([...defaultKeymap.filter((key) => key.key !== "Mod-Enter"), ...historyKeymap]),
        autocompletion({
          override: [(context) => latest.current.complete(context)],
          icons: false,
        }),
        EditorView.lineWrapping,
        editorTheme,
        extensions(),
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({
          "aria-labelledby": labelId,
          "aria-describedby": wordsId,
          ...attributes,
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          if (update.focusChanged && update.view.hasFocus) latest.current.onFocus?.();
        }),
      ],
    });
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
  return { host, view, labelId, wordsId };
}
