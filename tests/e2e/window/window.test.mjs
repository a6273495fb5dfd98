// The real desktop window: the same page over the router in its own process, with no port open. A shorter job than the
// browser's: first run, sample workspace, a campaign approved, sent and watched, a reply that becomes a card and is won, and
// the report. Each test stands on the ones before it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { artifact, program, temporaryFolder } from '../support/paths.mjs';
import { admin, company } from '../support/people.mjs';
import { sqliteOf } from '../support/sql.mjs';
import { until } from '../support/wait.mjs';
import { openWindow } from '../support/webdriver.mjs';

const LIMIT = { timeout: 120_000 };
const SLOW = { timeoutMs: 90_000 };
const campaign = 'Back-to-school data bundle';
// A button may show its key after its name.
const button = (name) => `//button[starts-with(normalize-space(), '${name}')]`;
const link = (name) => `//nav//a[starts-with(normalize-space(), '${name}')]`;
const field = (label) => `//input[@id=//label[starts-with(normalize-space(), '${label}')]/@for]`;

let home;
let window;

before(async () => {
  home = temporaryFolder('window');
  window = await openWindow(program('muster-desktop'), ['--data-dir', home.path]);
});

after(async () => {
  await window?.close();
  home?.remove();
});

let broken;
/** One step; the next ones are not tried when it fails, and a picture is kept. */
const step = (name, act) =>
  test(name, LIMIT, async () => {
    if (broken) throw new Error(`not tried: "${broken}" failed`);
    try {
      await act();
    } catch (error) {
      broken = name;
      await window.screenshot(artifact('window-failed.png')).catch(() => {});
      throw error;
    }
  });

step('the first run makes a workspace on the embedded database', async () => {
  await window.sees('Where data is kept');
  assert.equal(new URL(await window.url()).protocol, 'app:');
  await window.screenshot(artifact('window-first-run.png'));
  await window.click(button('Continue to who runs it'));
  await window.type(field('Your name'), admin.name);
  await window.type(field('Company or workspace'), company);
  await window.type(field('Email'), admin.email);
  await window.type(field('Password'), admin.password);
  await window.click(button('Create and continue'));
  await window.sees('Something to look at');
  await window.screenshot(artifact('window-created.png'));
});

step('the sample workspace looks like a real one', async () => {
  await window.click(button('Load sample workspace'));
  await window.sees('Running now', SLOW);
  await window.sees('Q1 Broker Outreach');
  await window.screenshot(artifact('window-home.png'));
});

step('the test inbox is told to be slow, as a provider is', async () => {
  await window.click(link('Settings'));
  await window.click(link('Sending'));
  await window.type(field('Slow: from ms'), '400');
  await window.type(field('to ms'), '600');
  await window.click(button('Save senders'));
  await window.sees('Sending saved');
});

step('a campaign of somebody else is approved and started', async () => {
  await window.click(link('Approvals'));
  await window.sees('as real customers get it');
  await window.screenshot(artifact('window-approval.png'));
  await window.click(button('Approve version'));
  await window.sees(`“${campaign}” approved`);
  await window.click(link('Campaigns'));
  await window.click(`//*[@role='row'][contains(., '${campaign}')]`);
  await window.click(button('Start now…'));
  await window.click(button('Send 2'));
  await window.find(button('Pause'), SLOW);
});

step('its numbers move in the window until it is completed', async () => {
  const seen = new Set();
  await until(
    'the window shows the end',
    async () => {
      const { status, sent } = await window.run(figures);
      seen.add(sent);
      if (seen.size === 2) await window.screenshot(artifact('window-live.png'));
      return status.includes('Completed');
    },
    SLOW,
  );
  assert.ok(seen.size >= 3, `it showed ${[...seen]}`);
  await window.screenshot(artifact('window-completed.png'));
  const { total, sent } = await window.runAsync((name) =>
    fetch(`/api/v1/campaigns?search=${encodeURIComponent(name)}`)
      .then((answer) => answer.json())
      .then(({ data }) => fetch(`/api/v1/campaigns/${data[0].id}`))
      .then((answer) => answer.json())
      .then(({ data }) => data.stats),
    campaign,
  );
  assert.deepEqual([sent, String(sent)], [total, [...seen].at(-1)]);
});

step('what was sent is in the test inbox', async () => {
  await window.click(link('Test inbox'));
  await window.sees('schools are opening');
  await window.screenshot(artifact('window-inbox.png'));
});

step('a reply typed there is read as interest and becomes a card', async () => {
  await window.click(`(//*[@role='option'])[1]`);
  await window.type(`//textarea[starts-with(@aria-label, 'Reply as')]`, 'Yes, I am interested. Please call me tomorrow.');
  await window.click(button('Send reply'));
  await window.sees('Read as “Interested”.');
  await window.click(`//a[normalize-space()='Open card']`);
  await window.sees('expressed interest');
  await window.screenshot(artifact('window-card.png'));
});

step('the card is answered, and closed as won', async () => {
  await window.type(`//textarea[@aria-label='Your answer']`, 'I will call you at nine.');
  await window.click(button('Send and wait'));
  const truth = sqliteOf(home.path);
  await until('the answer is sent', async () => {
    const sent = await truth(`SELECT 1 FROM direct_messages WHERE status = 'sent' AND text_body LIKE 'I will call you%'`);
    return sent.length === 1;
  });
  await window.click(button('Outcome'));
  await window.type(field('What was won'), '1500');
  await window.click(button('Close the card'));
  await window.sees('Closed');
  await window.screenshot(artifact('window-won.png'));
});

step('the numbers of the campaign equal a recount of its rows', async () => {
  await window.click(link('Campaigns'));
  await window.click(`//*[@role='row'][contains(., '${campaign}')]`);
  await window.sees('Where every message is');
  const [rows] = await sqliteOf(home.path)(
    `SELECT sum(r.status IN ('sent', 'delivered', 'opened', 'clicked', 'bounced')) AS Sent,
            sum(r.status IN ('delivered', 'opened', 'clicked')) AS Delivered,
            sum(r.status = 'failed') AS Failed, sum(r.replied_at IS NOT NULL) AS Replied
     FROM campaign_recipients r JOIN campaigns c ON c.id = r.campaign_id WHERE c.name = '${campaign}'`,
  );
  const shown = await window.run(allFigures);
  for (const [label, count] of Object.entries(rows)) assert.equal(shown[label], String(count), label);
  assert.equal(rows.Replied, 1);
  await window.screenshot(artifact('window-report.png'));
});

/** Runs in the page: every key figure by its name. */
function allFigures() {
  const figures = [...document.querySelectorAll('dl > div')];
  return Object.fromEntries(figures.map((one) => [one.firstChild.textContent, one.children[1].textContent]));
}

/** Runs in the page: the campaign's state and how many are sent. */
function figures() {
  const sent = [...document.querySelectorAll('dl > div')].find((one) => one.firstChild.textContent === 'Sent');
  return { status: document.querySelector('h1')?.parentElement.textContent ?? '', sent: sent?.children[1].textContent };
}
