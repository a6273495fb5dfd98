// What axe-core (WCAG 2.2 A and AA) finds wrong with a page for those who work with a keyboard, a screen reader or a
// magnifier. Only what stops somebody counts: what axe calls serious or critical.
import axe from 'axe-core';

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
