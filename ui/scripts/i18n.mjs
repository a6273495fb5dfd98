// Lists texts given to t() and tn() that a language does not have yet, per feature folder.
// `node scripts/i18n.mjs` reports; `--check shell` fails when the frame is not fully translated.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

const root = new URL("../src", import.meta.url).pathname;
const files = (dir) =>
  readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
const all = files(root);
const literal = `"((?:[^"\\\\]|\\\\.)*)"`;
const one = new RegExp(`\\bt\\(\\s*${literal}`, "g");
const two = new RegExp(`\\btn\\(\\s*[^"]*?,\\s*${literal},\\s*${literal}`, "g");
const unescaped = (text) => JSON.parse(`"${text}"`);

const words = new Map();
for (const path of all.filter(
  (name) => /\.tsx?$/.test(name) && !/\.test\.|i18n\/index/.test(name),
)) {
  const source = readFileSync(path, "utf8");
  const found = [...source.matchAll(one)].map((hit) => hit[1]);
  found.push(...[...source.matchAll(two)].flatMap((hit) => [hit[1], hit[2]]));
  for (const text of found) words.set(unescaped(text), relative(root, path));
}

let missing = 0;
for (const language of ["sw", "fr"]) {
  const known = Object.assign(
    {},
    ...all
      .filter((name) => name.endsWith(`locales/${language}.json`))
      .map((name) => JSON.parse(readFileSync(name, "utf8"))),
  );
  for (const [text, path] of words) {
    if (text in known) continue;
    const shell = path.startsWith("app/") || path.startsWith("shared/");
    if (shell) missing += 1;
    if (!process.argv.includes("--check") || shell) console.log(`${language}  ${path}  ${text}`);
  }
}
if (process.argv.includes("--check") && missing > 0) process.exit(1);
