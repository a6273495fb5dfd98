// What axe-core (WCAG 2.2 A and AA) finds wrong with a page for those who work with a keyboard, a screen reader or a
// magnifier. Only what stops somebody counts: what axe calls serious or critical.
import assert from 'node:assert/strict';
import axe from 'axe-core';
import { wear } from './browser.mjs';

const OPTIONS = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  resultTypes: ['violations'],
};

/** Faults of the page as it is, in a line each: "color-contrast: … at .header > span". */
export async function faults(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const found = await page.evaluate((options) => window.axe.run(document, options), OPTIONS);
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.failureSummary.split('\n').slice(1).join(' ').trim()} at ${node.target.join(' ')}`),
    );
}

/** Nobody is stopped on the page as it is, in either theme. */
export async function stopsNobody(page) {
  for (const theme of ['dark', 'light']) {
    await wear(page, theme);
    assert.deepEqual(await faults(page), [], theme);
  }
}
