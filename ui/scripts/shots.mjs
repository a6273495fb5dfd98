// Takes pictures of every screen: light, dark and 1024×700.
//   node scripts/shots.mjs --base http://127.0.0.1:8787 --email a@b.c --password-file F [--out DIR] [--only /board,/jobs] [--id name=…]
import { mkdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const options = new Map();
for (let i = 2; i < process.argv.length; i += 2) {
  options.set(process.argv[i].replace(/^--/, ""), process.argv[i + 1]);
}
const base = options.get("base") ?? "http://127.0.0.1:5173";
const out = options.get("out") ?? "/tmp/muster-shots";
const routes = options.get("only")?.split(",") ?? [
  "/",
  "/campaigns",
  "/campaigns/new",
  "/approvals",
  "/board",
  "/customers",
  "/customers/import",
  "/segments",
  "/segments/new",
  "/offers",
  "/offers/new",
  "/catalogue",
  "/templates",
  "/plans",
  "/jobs",
  "/sandbox",
  "/reports",
  "/settings",
];
const looks = [
  { name: "light", colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1440, height: 900 } },
  { name: "1024", colorScheme: "light", viewport: { width: 1024, height: 700 } },
];

mkdirSync(out, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
  ],
});
const email = options.get("email");
const passwordFile = options.get("password-file");
let state;
if (email && passwordFile) {
  const context = await browser.newContext();
  const answer = await context.request.post(`${base}/api/v1/session`, {
    data: { email, password: readFileSync(passwordFile, "utf8").trim() },
  });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
  state = await context.storageState();
  await context.close();
}
let broken = 0;
for (const { name, ...look } of looks) {
  const context = await browser.newContext({ ...look, storageState: state });
  const page = await context.newPage();
  page.on("pageerror", (error) => {
    broken += 1;
    console.error(`${page.url()}: ${error.message}`);
  });
  for (const route of routes) {
    await page.goto(base + route);
    await page.waitForTimeout(Number(options.get("wait") ?? 900));
    const file = `${out}/${route === "/" ? "home" : route.slice(1).replaceAll("/", "-")}-${name}.png`;
    await page.screenshot({ path: file });
    console.log(file);
  }
  await context.close();
}
await browser.close();
if (broken > 0) process.exit(1);
