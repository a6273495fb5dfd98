// Step 9: what customers answer becomes cards, and a sales rep works them.
import assert from 'node:assert/strict';
import { program } from '../../support/paths.mjs';
import { admin } from '../../support/people.mjs';
import { run } from '../../support/processes.mjs';
import { ask } from '../../support/controls.mjs';
import { until } from '../../support/wait.mjs';

export const WON = '1,500';

export function replySteps(step, world) {
  step('9. a reply typed into the test inbox is read as interest and becomes a card', async () => {
    const { zuri } = world;
    await zuri.goto('/sandbox');
    await zuri.getByRole('option').first().click();
    await zuri.getByRole('textbox', { name: /^Reply as/ }).fill('Yes, I am interested. Please call me tomorrow.');
    await zuri.getByRole('button', { name: 'Send reply' }).click();
    await zuri.getByText('Read as “Interested”.').waitFor();
    await world.shoot(zuri, '09-test-inbox', { variants: true });
    await zuri.getByRole('link', { name: 'Open card' }).click();
    await zuri
      .getByRole('complementary', { name: 'Card' })
      .getByText(/Schedule call with .+ - expressed interest/)
      .waitFor();
    await world.shoot(zuri, '09-interested');
  });

  step('9. a reply that a program hands over is a card for the account manager, with a draft', async () => {
    const { answering, server, zuri } = world;
    const token = (
      await run(program('muster-server'), ['token', '--data-dir', server.dataDir, '--user', admin.email])
    ).trim();
    const reply = {
      inReplyTo: `<${answering.id}>`,
      from: answering.to[0],
      subject: `Re: ${answering.subject}`,
      body: 'Thank you. Could you send me more details about the price first?',
    };
    const answer = await fetch(`${server.origin}/api/v1/campaigns/process-response`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(reply),
    });
    const { data } = await answer.json();
    assert.deepEqual([answer.status, data.disposition], [200, 'NEEDS_MORE_INFO']);
    const { card } = await ask(zuri, `/cards/${data.cardId}`);
    assert.deepEqual(
      [card.queue, card.priority, card.status, card.campaign_id],
      ['account_manager', 'medium', 'todo', world.campaign],
    );
    assert.ok(card.draft.length > 0);
  });

  step('9. the sales rep drags a card with the mouse and moves another by keyboard; others see it', async () => {
    const { zuri, amina } = world;
    await amina.goto('/board');
    await zuri.goto('/board');
    const called = list(zuri, 'Sales', 'To do').getByRole('button').first();
    await drag(zuri, called, list(zuri, 'Sales', 'In progress'));
    await list(amina, 'Sales', 'In progress').getByRole('button').first().waitFor();
    const asked = list(zuri, 'Account manager', 'To do').getByRole('button').first();
    await asked.focus();
    await zuri.keyboard.press('Space');
    await zuri.locator('[data-dragging]').waitFor();
    await zuri.keyboard.press('ArrowRight');
    await zuri.keyboard.press('Space');
    await list(amina, 'Account manager', 'In progress').getByRole('button').first().waitFor();
    const stored = await world.sql(`SELECT queue, status FROM cards ORDER BY queue`);
    assert.deepEqual(stored, [
      { queue: 'account_manager', status: 'in_progress' },
      { queue: 'sales', status: 'in_progress' },
    ]);
    await world.shoot(zuri, '09-board', { variants: true });
  });

  step('9. the rep answers from the card, in the thread of the mail', async () => {
    const { zuri, relay, answering } = world;
    await list(zuri, 'Account manager', 'In progress').getByRole('button').first().click();
    const drawer = zuri.getByRole('complementary', { name: 'Card' });
    const text = drawer.getByRole('textbox', { name: 'Your answer' });
    await until('the draft stands in the answer', async () => (await text.inputValue()).length > 0);
    await text.fill('The bundle costs KES 500 and lasts until Sunday night.');
    await world.shoot(zuri, '09-answer', { variants: true });
    await drawer.getByRole('button', { name: 'Send and wait' }).click();
    await list(zuri, 'Account manager', 'Waiting').getByRole('button').first().waitFor();
    const mail = await until('the answer arrives', () =>
      relay.messages.find((one) => one.text.includes('until Sunday night')),
    );
    assert.deepEqual(mail.to, answering.to);
    assert.equal(mail.header('in-reply-to'), `<${answering.id}>`);
    assert.match(mail.subject, /^Re: /);
  });

  step('9. the other card is closed as won, which counts as revenue', async () => {
    const { zuri } = world;
    await list(zuri, 'Sales', 'In progress').getByRole('button').first().click();
    const drawer = zuri.getByRole('complementary', { name: 'Card' });
    await drawer.getByText(/expressed interest/).waitFor();
    await drawer.getByRole('button', { name: 'Outcome' }).click();
    const outcome = zuri.getByRole('dialog');
    await outcome.getByLabel('What was won').fill(WON);
    await world.shoot(zuri, '09-outcome');
    await outcome.getByRole('button', { name: 'Close the card' }).click();
    await zuri.getByText('Closed', { exact: true }).first().waitFor();
    const closed = await world.row(`SELECT status, outcome FROM cards WHERE queue = 'sales'`);
    assert.deepEqual(closed, { status: 'done', outcome: 'won' });
    await world.shoot(zuri, '09-closed');
  });
}

const list = (page, queue, column) => page.getByRole('list', { name: `${queue}, ${column}`, exact: true });

/** Presses, moves in small steps and releases, as a hand does. */
async function drag(page, card, target) {
  const title = (await card.innerText()).split('\n')[0];
  const [from, to] = [await card.boundingBox(), await target.boundingBox()];
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + from.width / 2 + 12, from.y + from.height / 2, { steps: 4 });
  await page.mouse.move(to.x + to.width / 2, to.y + 40, { steps: 15 });
  await target.and(page.locator('[data-over]')).waitFor();
  await page.mouse.up();
  await target.getByRole('button').filter({ hasText: title }).waitFor();
}
