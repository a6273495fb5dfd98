// An A/B test as a manager sees it: a sample gets two subjects, the rest waits, and the winner is declared by hand.
import assert from 'node:assert/strict';
import { stopsNobody } from '../support/accessible.mjs';
import { shoot } from '../support/browser.mjs';
import { ask, make, send } from '../support/controls.mjs';
import { desk, moveIn } from '../support/desk.mjs';
import { until } from '../support/wait.mjs';

const people = 60;
const sample = 24;
/** Mail programs that fetch pictures for their readers. */
const READER = { 'user-agent': 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)' };
const subjects = { A: 'Big sale', B: 'Exclusive sale: up to 70% off' };

const { server, amina, step } = await desk();
let campaign;

const made = (path, body) => make(amina, path, body);

step('a newsletter is made, and its test is set up in the wizard', async () => {
  await moveIn(amina, '/');
  await amina.getByRole('link', { name: 'Campaigns' }).first().waitFor();
  await send(amina, 'PATCH', '/settings', { approvalRequired: false, publicBaseUrl: server.origin });
  for (let one = 1; one <= people; one++) {
    await made('/customers', { first_name: `Person${one}`, email: `p${one}@example.org`, tier: 'Gold' });
  }
  const gold = { conditions: [{ field: 'tier', operator: 'equals', value: 'Gold' }] };
  const segment = await made('/segments', { name: 'Gold', type: 'dynamic', criteria: gold });
  campaign = await made('/campaigns', {
    name: 'January Newsletter',
    channel: 'email',
    segmentIds: [segment.id],
    content: { subject: subjects.A, textBody: 'Hi {{ first_name }}', htmlBody: '<p>Hi {{ first_name }}</p>' },
  });
  await amina.goto(`/campaigns/${campaign.id}/edit?step=content`);
  await amina.getByRole('switch', { name: /^Compare variants/ }).click();
  await amina.getByLabel('Subject of variant B').fill(subjects.B);
  assert.equal(await amina.getByLabel('Part of the audience in the test').inputValue(), '20%', 'a fifth, unless somebody says more');
  await amina.getByLabel('Part of the audience in the test').fill('40');
  await until('the test is saved', async () => {
    const test = (await ask(amina, `/campaigns/${campaign.id}`)).abTestConfig;
    return test?.testSamplePercent === 40 && test.variants[1].subject === subjects.B;
  });
  await shoot(amina, 'ab-test-wizard', { variants: true });
  await stopsNobody(amina);
  await amina.goto(`/campaigns/${campaign.id}?tab=test`);
  await amina.getByText('Once it starts, 40% of the audience get a variant').waitFor();
});

step('the sample is sent, and the rest waits', async () => {
  await made(`/campaigns/${campaign.id}/start`, {});
  await until('the sample has left', async () => (await ask(amina, `/campaigns/${campaign.id}/ab-test`)).state === 'watching');
  const { counters } = await ask(amina, `/campaigns/${campaign.id}/live`);
  assert.deepEqual([counters.sent, counters.pending], [sample, people - sample]);
  await amina.getByText(`${people - sample} messages wait for the winner until`).waitFor();
  await amina.getByText('There are no figures to compare').waitFor();
  await shoot(amina, 'ab-test-silence');
  await stopsNobody(amina);
  await amina.goto(`/campaigns/${campaign.id}?tab=live`);
  await amina.getByText('wait for the winner of the A/B test').waitFor();
  await shoot(amina, 'ab-test-live', { variants: true });
});

step('people open, and the page says who leads and how sure that is', async () => {
  const mails = await ask(amina, '/sandbox/messages?channel=email&pageSize=100');
  assert.equal(mails.length, sample);
  const opening = mails.filter((mail, place) => mail.subject === subjects.B || place % 8 === 0);
  for (const mail of opening) {
    const [pixel] = /http[^"]*\/t\/o\/[^"]+/.exec(mail.htmlBody);
    await fetch(pixel, { headers: READER });
  }
  await amina.goto(`/campaigns/${campaign.id}?tab=test`);
  await amina.getByText(/^The lead of B is clear/).waitFor();
  await shoot(amina, 'ab-test-watching', { variants: true });
  await stopsNobody(amina);
});

step('the winner is declared by hand, and everybody gets it', async () => {
  await amina.getByRole('button', { name: 'Declare B the winner' }).click();
  const dialog = amina.getByRole('dialog');
  await dialog.getByText(`${people - sample} messages that wait go out with B.`).waitFor();
  await shoot(amina, 'ab-test-declare');
  await stopsNobody(amina);
  await dialog.getByRole('button', { name: `Send B to ${people - sample} recipients` }).click();
  await amina.getByText('B was declared the winner by hand').waitFor();
  await until('all is sent', async () => (await ask(amina, `/campaigns/${campaign.id}`)).status === 'completed');
  const mails = await ask(amina, '/sandbox/messages?channel=email&pageSize=100');
  assert.equal(new Set(mails.map((mail) => mail.to)).size, people);
  assert.equal(mails.slice(0, people - sample).every((mail) => mail.subject === subjects.B), true);
  await amina.reload();
  await amina.getByText('It goes to 36 recipients who waited for it.').waitFor();
  await shoot(amina, 'ab-test-decided', { variants: true });
  await stopsNobody(amina);
});
