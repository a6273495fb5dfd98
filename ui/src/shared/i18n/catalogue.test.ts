import { describe, expect, it } from "vitest";

const sources = import.meta.glob<string>(
  ["/src/**/*.{ts,tsx}", "!/src/**/*.test.*", "!/src/gen/**", "!/src/shared/i18n/index.ts"],
  { eager: true, query: "?raw", import: "default" },
);
const catalogues = import.meta.glob<Record<string, string>>("/src/**/locales/*.json", {
  eager: true,
  import: "default",
});

const text = String.raw`"((?:[^"\\]|\\.)*)"`;
const plain = new RegExp(String.raw`\bt\(\s*${text}`, "g");
const counted = new RegExp(String.raw`\btn\(\s*[^"]*?,\s*${text},\s*${text}`, "g");
const inContext = new RegExp(String.raw`\btc\(\s*${text},\s*${text}`, "g");
const unescaped = (literal = "") => JSON.parse(`"${literal}"`) as string;

/** Every text that a screen may show, with the file that shows it. The development gallery is no screen. */
const used = new Map<string, string>();
for (const [path, source] of Object.entries(sources)) {
  if (path.startsWith("/src/features/gallery/")) continue;
  for (const [, key] of source.matchAll(plain)) used.set(unescaped(key), path);
  for (const [, one, other] of source.matchAll(counted)) {
    used.set(unescaped(one), path).set(unescaped(other), path);
  }
  for (const [, context, key] of source.matchAll(inContext)) {
    used.set(`${unescaped(key)}|${unescaped(context)}`, path);
  }
}

const placeholders = (words: string) => (words.match(/\{\w+\}/g) ?? []).sort().join(" ");

describe.each(["sw", "fr"])("%s", (language) => {
  const files = Object.entries(catalogues).filter(([path]) => path.endsWith(`/${language}.json`));
  const known = new Map(files.flatMap(([, words]) => Object.entries(words)));

  it("has every text of every screen", () => {
    const missing = [...used].filter(([key]) => !known.has(key));
    expect(missing.map(([key, path]) => `${path}: ${key}`)).toEqual([]);
  });

  it("has no text that no screen shows, and none twice", () => {
    const all = files.flatMap(([path, words]) => Object.keys(words).map((key) => ({ key, path })));
    const idle = all.filter(
      ({ key }, place) => !used.has(key) || all.findIndex((one) => one.key === key) !== place,
    );
    expect(idle.map(({ key, path }) => `${path}: ${key}`)).toEqual([]);
  });

  it("keeps the places where values go", () => {
    const wrong = [...known].filter(([key, words]) => placeholders(key) !== placeholders(words));
    expect(wrong.map(([key]) => key)).toEqual([]);
  });
});

it("is given literal texts only, so that none can be missed", () => {
  const loose = Object.entries(sources).flatMap(([path, source]) =>
    (source.match(/(?<![\w.])t[cn]?\(\s*[^"\s)][^\n]*/g) ?? [])
      .filter((call) => !call.startsWith("tn("))
      .map((call) => `${path}: ${call}`),
  );
  expect(loose).toEqual([]);
});
