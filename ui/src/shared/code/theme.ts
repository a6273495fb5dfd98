import { EditorView } from "@codemirror/view";

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
