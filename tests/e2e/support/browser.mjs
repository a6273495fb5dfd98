// Debian's Chromium, driven by Playwright. Every person gets a context of their own: separate cookies, as on two desks.
import { chromium } from 'playwright-core';
import { artifact } from './paths.mjs';

const SWITCHES = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** Starts the browser; `person()` gives a page of somebody who is not signed in. */
export async function openBrowser() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: SWITCHES,
  });
  const problems = [];
  return {
    /** What pages logged as errors, and exceptions that nothing caught. */
    problems,
    async person(origin, { dark = false } = {}) {
      const context = await browser.newContext({
        baseURL: origin,
        viewport: { width: 1280, height: 860 },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
        acceptDownloads: true,
        timezoneId: 'Africa/Nairobi',
        locale: 'en-GB',
      });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.stack ?? error}`));
      page.on('console', (message) => {
        // A refused request is part of the job here and is shown by the page itself.
        if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) {
          problems.push(`${page.url()}: ${message.text()}`);
        }
      });
      return page;
    },
    /** The pages that are open now. */
    pages: () => browser.contexts().flatMap((context) => context.pages()),
    close: () => browser.close(),
  };
}

/** A picture of the page in artifacts/, in its present size, at 1024×700 and in the dark. */
export async function shoot(page, name, { variants = false } = {}) {
  await page.screenshot({ path: artifact(`${name}.png`) });
  if (!variants) return;
  const size = page.viewportSize();
  await page.setViewportSize({ width: 1024, height: 700 });
  await page.screenshot({ path: artifact(`${name}-1024.png`) });
  await page.setViewportSize(size);
  await wear(page, 'dark');
  await page.screenshot({ path: artifact(`${name}-dark.png`) });
  await wear(page, 'light');
}

/** Changes the theme of the open page, 'light' or 'dark', and waits until every colour has changed. */
export async function wear(page, theme) {
  await page.emulateMedia({ colorScheme: theme });
  await page.waitForFunction((worn) => document.documentElement.dataset.mantineColorScheme === worn, theme);
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running'));
}
