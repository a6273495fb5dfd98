// The whole job, as people do it in their browsers: each step stands on the ones before it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { openBrowser, shoot } from '../support/browser.mjs';
import { root } from '../support/paths.mjs';
import { admin, api, approver, company, signIn } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { steps } from '../support/step.mjs';
import { until } from '../support/wait.mjs';

let server;
let browser;
let amina;
let peter;
let campaign;

const expected = JSON.parse(readFileSync(join(root, 'tests/data/customers-messy.expected.json'), 'utf8'));

before(async () => {
  server = await startServer();
  browser = await openBrowser();
  amina = await browser.person(server.origin);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const step = steps(() => browser);

step('the first run makes a workspace and its administrator', async () => {
  await amina.goto('/');
  await amina.getByRole('heading', { name: 'Where data is kept' }).waitFor();
  await shoot(amina, '01-first-run', { variants: true });
  await amina.getByRole('button', { name: 'Continue to who runs it' }).click();
  await amina.getByLabel('Your name').fill(admin.name);
  await amina.getByLabel('Company or workspace').fill(company);
  await amina.getByLabel('Email').fill(admin.email);
  await amina.getByLabel('Password', { exact: true }).fill(admin.password);
  await shoot(amina, '01-administrator');
  await amina.getByRole('button', { name: 'Create and continue' }).click();
  await amina.getByRole('heading', { name: 'Something to look at' }).waitFor();
  await amina.getByRole('button', { name: 'Look around first' }).click();
  await amina.getByRole('heading', { level: 1 }).first().waitFor();
  await shoot(amina, '01-home-empty', { variants: true });
});

step('somebody who is not signed in sees nothing, and a wrong password is said', async () => {
  const stranger = await browser.person(server.origin);
  const refused = await stranger.request.get('/api/v1/session');
  assert.equal(refused.status(), 401);
  await stranger.goto('/campaigns');
  await signIn(stranger, { email: admin.email, password: 'not the password' });
  await stranger.getByRole('alert').waitFor();
  await shoot(stranger, '01-sign-in-refused');
  await stranger.getByLabel('Password', { exact: true }).fill(admin.password);
  await stranger.getByRole('button', { name: 'Sign in' }).click();
  await stranger.waitForURL('**/campaigns');
  await stranger.context().close();
});

step('a messy spreadsheet of customers is checked, then imported', async () => {
  await amina.goto('/customers/import');
  const chooser = amina.waitForEvent('filechooser');
  await amina.getByRole('button', { name: 'Choose a file…' }).click();
  await (await chooser).setFiles(join(root, 'tests/data/customers-messy.csv'));
  await amina.waitForURL('**/customers/import/*');
  await amina.getByText('Becomes').waitFor();
  await shoot(amina, '02-import-columns', { variants: true });
  const id = amina.url().split('/').pop();
  const done = (dryRun) =>
    until(
      dryRun ? 'the file is checked' : 'the file is imported',
      async () => {
        const now = await api(amina, 'GET', `/customers/import/${id}`);
        return now.status === 'completed' && now.dryRun === dryRun && now;
      },
      { timeoutMs: 120_000 },
    );
  await amina.getByRole('button', { name: 'Check the file' }).click();
  const checked = await done(true);
  assert.equal(checked.rows, expected.rows);
  await shoot(amina, '02-import-checked');
  await amina.getByRole('button', { name: 'Import customers' }).click();
  const imported = await done(false);
  const counted = ({ rows, imported, duplicates, rejected }) => ({ rows, imported, duplicates, rejected });
  assert.deepEqual(counted(imported), counted(expected));
  await amina.getByRole('button', { name: 'Show customers' }).click();
  await amina.waitForURL('**/customers');
  await amina.getByRole('row').nth(5).waitFor();
  await shoot(amina, '02-customers', { variants: true });
});

step('an approver is invited and chooses a password', async () => {
  await amina.goto('/settings/people');
  await amina.getByRole('button', { name: 'Invite person' }).click();
  const dialog = amina.getByRole('dialog');
  await dialog.getByLabel('Name').fill(approver.name);
  await dialog.getByLabel('Email').fill(approver.email);
  await dialog.getByText('Approver', { exact: true }).click();
  await dialog.getByRole('button', { name: 'Invite person' }).click();
  const given = await amina.getByRole('dialog').locator('code').textContent();
  await shoot(amina, '04-invited');
  peter = await browser.person(server.origin);
  await peter.goto('/approvals');
  await signIn(peter, { email: approver.email, password: given });
  await peter.getByText('Choose a new password').waitFor();
  await peter.getByLabel('Password now').fill(given);
  await peter.getByLabel('New password').fill(approver.password);
  await peter.getByRole('dialog').getByRole('button', { name: /password/i }).last().click();
  await peter.getByRole('dialog').waitFor({ state: 'hidden' });
});

step('a campaign for a segment waits for somebody else', async () => {
  const segment = await api(amina, 'POST', '/segments', {
    name: 'VIP in Nairobi',
    type: 'dynamic',
    criteria: {
      conditions: [
        { field: 'tier', operator: 'equals', value: 'VIP' },
        { field: 'city', operator: 'equals', value: 'Nairobi' },
      ],
    },
  });
  campaign = await api(amina, 'POST', '/campaigns', {
    name: 'Karibu VIP',
    channel: 'sms',
    segmentIds: [segment.id],
    content: { textBody: 'Hi {first_name}, a gift waits for you in Nairobi.' },
  });
  await amina.goto(`/campaigns/${campaign.id}/edit?step=review`);
  await amina.getByRole('heading', { name: 'Review' }).waitFor();
  await shoot(amina, '05-campaign-review', { variants: true });
  await amina.getByRole('button', { name: 'Submit for approval' }).click();
  await until('the campaign waits', async () => {
    const now = await api(amina, 'GET', `/campaigns/${campaign.id}`);
    return now.approvalStatus === 'pending';
  });
  const [request] = await api(amina, 'GET', '/approvals');
  const own = await amina.request.post(`/api/v1/approvals/${request.id}/approve`, { data: {} });
  assert.ok([403, 409].includes(own.status()), 'nobody approves what they made themselves');
});

step('the approver looks at samples and approves', async () => {
  await peter.goto('/approvals');
  await peter.getByText('Karibu VIP').first().click();
  const approve = peter.getByRole('button', { name: /^Approve version/ });
  await approve.waitFor();
  await shoot(peter, '05-approval', { variants: true });
  await approve.click();
  await until('the campaign is approved', async () => {
    const now = await api(amina, 'GET', `/campaigns/${campaign.id}`);
    return now.approvalStatus === 'approved';
  });
});

step('it is sent while two windows watch, and every number adds up', async () => {
  await amina.goto(`/campaigns/${campaign.id}`);
  await peter.goto(`/campaigns/${campaign.id}`);
  await shoot(amina, '06-campaign-approved');
  await api(amina, 'POST', `/campaigns/${campaign.id}/start`, {});
  const live = await until(
    'everything is sent',
    async () => {
      const now = await api(amina, 'GET', `/campaigns/${campaign.id}/live`);
      return now.status === 'completed' && now;
    },
    { timeoutMs: 120_000 },
  );
  const { total, sent, failed, suppressed, skipped, cancelled, pending, unknown } = live.counters;
  assert.equal(total, sent + failed + suppressed + skipped + cancelled + pending + unknown);
  assert.equal(pending, 0);
  assert.ok(sent > 0);
  for (const page of [amina, peter]) {
    await page.getByText('Completed').first().waitFor({ timeout: 30_000 });
  }
  await shoot(amina, '07-campaign-sent', { variants: true });
  const texts = await api(amina, 'GET', '/sandbox/messages?channel=sms&pageSize=100');
  assert.ok(texts.every((one) => /^Hi .*, a gift waits for you in Nairobi\.$/s.test(one.text)));
  await amina.goto('/sandbox');
  await amina.getByText('a gift waits for you').first().waitFor();
  await shoot(amina, '07-test-inbox');
});

step('the server is killed and started again, and nothing is sent twice', async () => {
  const before = await api(amina, 'GET', `/campaigns/${campaign.id}/live`);
  await server.crash();
  const after = await api(amina, 'GET', `/campaigns/${campaign.id}/live`);
  assert.deepEqual(after.counters, before.counters);
  browser.problems.length = 0;
});

step('a reply becomes a card on the board', async () => {
  const [first] = await api(amina, 'GET', `/campaigns/${campaign.id}/recipients?pageSize=1`);
  const customer = await api(amina, 'GET', `/customers/${first.contactId}`);
  const answer = await api(amina, 'POST', '/campaigns/process-response', {
    campaignId: campaign.id,
    from: customer.phone ?? customer.email,
    body: 'Yes, I am interested. Please call me tomorrow.',
  });
  assert.equal(answer.disposition, 'INTERESTED');
  assert.ok(answer.cardId);
  await amina.goto('/board');
  await amina.getByText(/Schedule call with/).first().waitFor();
  await shoot(amina, '09-board', { variants: true });
});
