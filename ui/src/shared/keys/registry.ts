/**
 * One registry for all keyboard shortcuts, so that `?` can list what works here and two screens
 * cannot listen for the same key by accident: the latest one registered wins.
 *
 * Notation: "c", "?", "[", "g h" (one after the other), "mod+s" (⌘ or Ctrl), "mod+enter", "escape".
 */
export interface Shortcut {
  keys: string;
  /** What it does, translated: "Create a campaign". */
  label: string;
  /** Heading in the list: "Everywhere", "This list". */
  group: string;
  run: () => void;
}

const SEQUENCE_MS = 900;
const shortcuts: Shortcut[] = [];
let pending: { key: string; at: number } | undefined;

export const singleKeysOn = (): boolean => localStorage.getItem("muster.singleKeys") !== "off";
export const setSingleKeys = (on: boolean): void =>
  localStorage.setItem("muster.singleKeys", on ? "on" : "off");

export function register(shortcut: Shortcut): () => void {
  shortcuts.push(shortcut);
  return () => {
    shortcuts.splice(shortcuts.indexOf(shortcut), 1);
  };
}

/** What works now, newest first per key, without those that are overridden. */
export function activeShortcuts(): Shortcut[] {
  const seen = new Set<string>();
  return [...shortcuts].reverse().filter(({ keys }) => !seen.has(keys) && seen.add(keys));
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type));

const inDialog = (): boolean =>
  document.querySelector('[role="dialog"][aria-modal="true"]') !== null;

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key.toLowerCase();
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

/** Finds and runs what the key means; true when something ran. */
export function handleKey(event: KeyboardEvent, now: number): boolean {
  if (event.defaultPrevented || event.isComposing || event.altKey) return false;
  const name = nameOf(event);
  const single = !name.startsWith("mod+");
  if (single && (!singleKeysOn() || typing(event.target) || inDialog())) return false;
  const before = pending && now - pending.at < SEQUENCE_MS ? pending.key : undefined;
  pending = undefined;
  const active = activeShortcuts();
  const hit =
    (before && active.find(({ keys }) => keys === `${before} ${name}`)) ||
    active.find(({ keys }) => keys === name);
  if (hit) {
    event.preventDefault();
    hit.run();
    return true;
  }
  if (active.some(({ keys }) => keys.startsWith(`${name} `))) pending = { key: name, at: now };
  return false;
}

/** "mod+enter" → ["Ctrl", "↵"], for `<Keys>`. */
export function keyCaps(keys: string): string[] {
  const mac = /Mac/.test(navigator.platform);
  const caps: Record<string, string> = {
    mod: mac ? "⌘" : "Ctrl",
    enter: "↵",
    escape: "Esc",
    arrowup: "↑",
    arrowdown: "↓",
  };
  return keys
    .split(/[ +]/)
    .map((part) => caps[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}
