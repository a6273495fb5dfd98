// Step 10: the campaign page says what happened; SQL counts the same.
import assert from 'node:assert/strict';
import { ask, figures, shown } from '../../support/controls.mjs';

export function reportSteps(step, world) {
  step('10. the numbers of the campaign page equal a recount', async () => {
    const { amina } = world;
    await amina.goto(`/campaigns/${world.campaign}?tab=overview`);
    await amina.getByText('Where every message is').waitFor();
    const truth = await recount(world);
    const page = await figures(amina);
    await world.shoot(amina, '10-report', { variants: true });
    for (const [label, count] of Object.entries(truth))
      assert.equal(page[label], label === 'Revenue' ? count : shown(Number(count)), label);
    assert.deepEqual([truth.Clicked, truth.Redeemed, truth.Replied, truth.Unsubscribed].map(Number), [1, 1, 2, 1]);
    const stats = await ask(amina, `/campaigns/${world.campaign}/stats`);
    assert.equal(stats.totalRecipients, world.audience.messages);
    assert.equal(stats.openRate, Math.round((1 / stats.deliveredCount) * 10_000) / 100);
  });

  step('10. every tab of the campaign and its job open', async () => {
    const { amina } = world;
    const shows = {
      Live: 'Sent per minute',
      Recipients: 'Delivered',
      Responses: 'What they said',
      Jobs: 'Stage',
      History: 'Completed by Muster',
    };
    for (const [tab, text] of Object.entries(shows)) {
      await amina.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
      await amina.getByText(text, { exact: true }).last().waitFor();
      await world.shoot(amina, `10-${tab.toLowerCase()}`);
    }
    await amina.goto('/');
    await amina.getByText('Last 28 days').waitFor();
    await world.shoot(amina, '10-home', { variants: true });
  });
}

/** The figures from the rows themselves: recipients, redemptions, events, conversions (what is redeemed is bought). */
async function recount(world) {
  const { revenue, ...counts } = await world.row(
    `SELECT sum(CASE WHEN status IN ('sent', 'delivered', 'opened', 'clicked', 'bounced') THEN 1 ELSE 0 END) AS "Sent",
            sum(CASE WHEN status IN ('delivered', 'opened', 'clicked') THEN 1 ELSE 0 END) AS "Delivered",
            sum(CASE WHEN status IN ('opened', 'clicked') THEN 1 ELSE 0 END) AS "Opened",
            sum(CASE WHEN status = 'clicked' THEN 1 ELSE 0 END) AS "Clicked",
            sum(CASE WHEN replied_at IS NOT NULL THEN 1 ELSE 0 END) AS "Replied",
            sum(CASE WHEN status = 'bounced' THEN 1 ELSE 0 END) AS "Bounced",
            sum(CASE WHEN status = 'failed' THEN 1 ELSE 0 END) AS "Failed",
            (SELECT count(*) FROM offer_redemptions) AS "Redeemed",
            (SELECT count(*) FROM message_events WHERE kind = 'unsubscribed') AS "Unsubscribed",
            (SELECT CAST(sum(value_e4) / 10000 AS BIGINT) FROM conversions) AS revenue
     FROM campaign_recipients`,
  );
  return { ...counts, Revenue: `KES ${shown(Number(revenue))}.00` };
}
