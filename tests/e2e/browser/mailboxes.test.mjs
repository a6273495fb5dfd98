// A mailbox as an administrator adds it: what is missing in the form, a server that nobody answers at, a real one, an answer that
// becomes a card, and its removal.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { stopsNobody } from '../support/accessible.mjs';
import { shoot } from '../support/browser.mjs';
import { ask, choose, make, pick, send } from '../support/controls.mjs';
import { desk, moveIn } from '../support/desk.mjs';
import { PASSWORD, startDovecot } from '../support/dovecot.mjs';
import { until } from '../support/wait.mjs';

const name = 'Answers to offers of the shops in Mombasa, Malindi and along the whole coast';
const answer = `From: Wanjiru Kamau <wanjiru@example.org>
To: offers@jamii.example
Subject: Re: January offers
Message-ID: <answer.1@example.org>
Date: Mon, 05 Jan 2026 10:00:00 +0300
Content-Type: text/plain; charset=utf-8

Yes please, I am interested. Call me tomorrow.
`;

const dovecot = await startDovecot();
after(() => dovecot.stop());
const { amina, step } = await desk();

const made = (path, body) => make(amina, path, body);

/** The job that reads mailboxes, done once more, to its end. */
const read = async () => {
  const jobs = await ask(amina, '/jobs?limit=100');
  const job = (jobs.items ?? jobs).find((one) => one.code === 'reply-ingestion');
  const run = await made(`/jobs/${job.id}/run`, {});
  await until('the mailboxes are read', async () => {
    const { executionStatus } = await ask(amina, `/executions/${run.id}`);
    return !['pending', 'queued', 'running'].includes(executionStatus);
  });
};

step('without a mailbox the page says what one is for', async () => {
  await moveIn(amina, '/settings/mailboxes');
  await amina.getByText('No mailbox is read yet').waitFor();
  await stopsNobody(amina);
});

step('what is missing in the form is said where it is missing', async () => {
  await amina.getByRole('button', { name: 'Add mailbox' }).first().click();
  const form = amina.getByRole('dialog');
  await form.getByRole('button', { name: 'Add mailbox' }).click();
  await until('the server is asked for', async () => (await form.getByLabel('IMAP server').getAttribute('aria-invalid')) === 'true');
});

step('a server at which nobody answers is said in its row, in words that can be read', async () => {
  const form = amina.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill(name);
  await form.getByLabel('IMAP server').fill('127.0.0.1');
  await choose(form, 'Security', 'None (same machine)');
  await form.getByLabel('Port').fill('9');
  await form.getByLabel('User name').fill('offers');
  await form.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await form.getByLabel('The server is in our own network').check();
  await form.getByRole('button', { name: 'Add mailbox' }).click();
  await form.waitFor({ state: 'detached' });
  await read();
  await amina.getByText('Cannot be read').waitFor();
  const why = amina.getByTitle(/127\.0\.0\.1/).last();
  const cut = await why.evaluate((text) => text.scrollHeight - text.clientHeight);
  assert.ok(cut <= 1, `the reason is cut: ${await why.textContent()}`);
  await shoot(amina, 'mailbox-error', { variants: true });
  await stopsNobody(amina);
});

step('put right, an answer in it becomes a card', async () => {
  const customer = await made('/customers', { firstName: 'Wanjiru', lastName: 'Kamau', email: 'wanjiru@example.org' });
  await send(amina, 'PATCH', '/settings', { approvalRequired: false });
  const segment = await made('/segments', { name: 'Wanjiru', type: 'static' });
  await made(`/segments/${segment.id}/members`, { customerIds: [customer.id] });
  const campaign = await made('/campaigns', {
    name: 'January offers',
    channel: 'email',
    segmentIds: [segment.id],
    content: { subject: 'January offers', textBody: 'Hi {{ first_name }}' },
  });
  await made(`/campaigns/${campaign.id}/send`, { customerIds: [customer.id] });
  await until('it was sent', async () => (await ask(amina, `/campaigns/${campaign.id}`)).status === 'completed');
  await pick(amina, `More for ${name}`, 'Edit mailbox');
  const form = amina.getByRole('dialog');
  await form.getByLabel('Port').fill(String(dovecot.port));
  await form.getByRole('button', { name: 'Save mailbox' }).click();
  await form.waitFor({ state: 'detached' });
  await amina.getByRole('button', { name: 'Test' }).click();
  await amina.getByText(/can be read: 0 mails are in it/).waitFor();
  await read();
  await amina.getByText('Is read').waitFor();
  await dovecot.deliver('offers', answer);
  await read();
  const [mailbox] = await ask(amina, '/mailboxes');
  assert.equal(mailbox.replies, 1);
  await amina.goto('/settings/mailboxes');
  await amina.getByRole('row', { name: new RegExp('Is read') }).getByText('1', { exact: true }).waitFor();
  await amina.goto('/board');
  await amina.getByText(/Wanjiru Kamau/).first().waitFor();
});

step('removing it asks first', async () => {
  await amina.goto('/settings/mailboxes');
  await pick(amina, `More for ${name}`, 'Remove mailbox');
  await amina.getByRole('dialog').getByText('Its password is erased').waitFor();
  await amina.getByRole('dialog').getByRole('button', { name: 'Remove mailbox' }).click();
  await amina.getByText('No mailbox is read yet').waitFor();
});
