import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shoot } from './browser.mjs';

/**
 * Gives `step(name, act)`: one step of a job, each standing on the ones before it. When one fails, all pages are kept as
 * pictures and the rest is not tried; it fails too when a page logged an error.
 */
export function steps(browser) {
  let broken;
  return (name, act) =>
    test(name, { timeout: 180_000 }, async () => {
      if (broken) throw new Error(`not tried: "${broken}" failed`);
      try {
        await act();
        assert.deepEqual(browser().problems.splice(0), [], 'the pages logged errors');
      } catch (error) {
        broken = name;
        for (const [at, page] of browser().pages().entries()) {
          await shoot(page, `failed-${at}`).catch(() => {});
        }
        throw error;
      }
    });
}
