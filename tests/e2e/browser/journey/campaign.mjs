// Step 5: the campaign, written by one person and approved by another.
import assert from 'node:assert/strict';
import { ask, choose, send, shown } from '../../support/controls.mjs';
import { noBrokers, recentBuyers } from './segments.mjs';
import { offerName } from './offer.mjs';

export const campaignName = 'Weekend data for VIPs';
const CONTROL_PERCENT = 10;

export function campaignSteps(step, world) {
  step('5. a campaign is a draft from its first step on, and left and resumed at another', async () => {
    const { amina } = world;
    await amina.goto('/campaigns');
    await amina.getByRole('button', { name: 'New campaign' }).first().click();
    await amina.getByLabel('Name', { exact: true }).fill(campaignName);
    await amina.getByRole('radio', { name: /Preferred channel/ }).check();
    await amina.getByRole('button', { name: 'Continue to audience' }).click();
    await amina.waitForURL('**/edit?step=audience');
    world.campaign = /campaigns\/([0-9a-f-]{36})/.exec(amina.url())[1];
    await choose(amina, 'Add a segment', recentBuyers, { search: 'VIP' });
    await choose(amina, 'Leave a segment out', noBrokers, { search: 'Silver' });
    await amina.getByLabel('Kept back to measure the effect').fill(String(CONTROL_PERCENT));
    await saved(amina);
    await world.shoot(amina, '05-audience', { variants: true });
    await amina.goto('/');
    await amina.goto(`/campaigns/${world.campaign}/edit?step=audience`);
    await amina.getByRole('listitem').filter({ hasText: recentBuyers }).waitFor();
    assert.match(await amina.getByLabel('Kept back to measure the effect').inputValue(), /^10/);
  });

  step('5. offer, text, start and pace; the review finds nothing that stops it', async () => {
    const { amina } = world;
    await amina.getByRole('button', { name: 'Continue to offers' }).click();
    await choose(amina, `Add an offer to ${recentBuyers}`, offerName, { search: 'Weekend' });
    await saved(amina);
    await world.shoot(amina, '05-offers');
    await amina.getByRole('button', { name: 'Continue to content' }).click();
    await amina.getByText('The texts of 1 offer are sent').waitFor();
    await world.shoot(amina, '05-content');
    await amina.getByRole('button', { name: 'Continue to schedule' }).click();
    await amina.getByRole('radio', { name: /At a time/ }).check();
    await amina.getByLabel('At a time', { exact: true }).and(amina.locator('[inputmode]')).fill('10');
    await saved(amina);
    await world.shoot(amina, '05-schedule');
    await amina.getByRole('button', { name: 'Continue to review' }).click();
    await amina.getByText('Nothing stops this campaign.').waitFor();
    await amina.getByText('10GB for the weekend with').first().waitFor();
    await world.shoot(amina, '05-review', { variants: true });
    const { audience } = await ask(amina, `/campaigns/${world.campaign}/readiness`);
    assert.equal(audience.people + audience.control, world.buyers);
    world.audience = audience;
  });

  step('5. the maker submits it, and cannot approve it', async () => {
    const { amina } = world;
    await amina.getByRole('button', { name: 'Submit for approval' }).click();
    await amina.getByText('Submitted. Approvers see it in their inbox.').waitFor();
    await amina.goto('/approvals');
    const approve = amina.getByRole('button', { name: /^Approve version/ });
    await approve.waitFor();
    assert.equal(await approve.isDisabled(), true);
    await world.shoot(amina, '05-maker');
    const [approval] = await ask(amina, '/approvals?status=pending');
    const refused = await send(amina, 'POST', `/approvals/${approval.id}/approve`, {});
    assert.deepEqual([refused.status, refused.success], [403, false]);
    const started = await send(amina, 'POST', `/campaigns/${world.campaign}/start`, {});
    assert.deepEqual([started.status, started.error.code], [409, 'approval_required']);
  });

  step('5. the approver sees whom it reaches and what it says, and approves', async () => {
    const { brian } = world;
    await brian.goto('/');
    await brian
      .getByRole('link', { name: /Approvals/ })
      .first()
      .click();
    await brian.getByRole('heading', { name: campaignName }).waitFor();
    await brian.getByText(shown(world.audience.messages), { exact: true }).first().waitFor();
    await brian.getByText('10GB for the weekend with').first().waitFor();
    await world.shoot(brian, '05-approval', { variants: true });
    await brian.getByLabel('Note for Amina Yusuf').fill('Good luck');
    await brian.getByRole('button', { name: /^Approve version/ }).click();
    await brian.getByText(`“${campaignName}” approved`).waitFor();
    const { status, approvalStatus } = await ask(brian, `/campaigns/${world.campaign}`);
    assert.deepEqual([status, approvalStatus], ['scheduled', 'approved']);
  });
}

/** The draft is kept: what the page says once it is. */
async function saved(page) {
  await page.getByText(/^Draft saved/).waitFor();
}
