/**
 * A very small catalogue. The English text is the key, so a screen reads as what it says and works
 * before it is translated. Translations live beside their screens: any `locales/sw.json` or
 * `locales/fr.json` under `src` is picked up. `npm run i18n` says what is missing or no longer used.
 */
export type Language = "en" | "sw" | "fr";
export const languages: { value: Language; label: string }[] = [
  { value: "en", label: "English" },
  { value: "sw", label: "Kiswahili" },
  { value: "fr", label: "Français" },
];

type Catalogue = Record<string, string>;
const found = import.meta.glob<Catalogue>("/src/**/locales/*.json", {
  eager: true,
  import: "default",
});
const catalogues: Record<Language, Catalogue> = { en: {}, sw: {}, fr: {} };
for (const [path, words] of Object.entries(found)) {
  const name = path.slice(path.lastIndexOf("/") + 1, -".json".length);
  if (name in catalogues) Object.assign(catalogues[name as Language], words);
}

const stored = (): Language => {
  const wanted = localStorage.getItem("muster.language") ?? navigator.language.slice(0, 2);
  return wanted in catalogues ? (wanted as Language) : "en";
};

let current: Language = stored();
const listeners = new Set<() => void>();

export const language = (): Language => current;

/** Keeps the choice on this device and redraws everything that shows text. */
export function setLanguage(next: Language): void {
  current = next;
  localStorage.setItem("muster.language", next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

type Values = Record<string, string | number>;

const fill = (text: string, values?: Values) =>
  values ? text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)) : text;

/** `t("Approve version {version}", { version: 4 })`. The key must be a literal string. */
export function t(text: string, values?: Values): string {
  return fill(catalogues[current][text] ?? text, values);
}

/**
 * A text that other languages say in more than one way: `tc("one message", "Sent")` where "Sent" alone
 * counts many. In the catalogues it stands as "Sent|one message"; English shows "Sent".
 */
export function tc(context: string, text: string, values?: Values): string {
  return fill(catalogues[current][`${text}|${context}`] ?? text, values);
}

/**
 * Singular and plural: `tn(count, "{n} person", "{n} people")`. `{n}` is the count with grouping.
 */
export function tn(count: number, one: string, other: string, values?: Values): string {
  const isOne = new Intl.PluralRules(current).select(count) === "one";
  const n = new Intl.NumberFormat(current).format(count);
  return t(isOne ? one : other, { n, ...values });
}
