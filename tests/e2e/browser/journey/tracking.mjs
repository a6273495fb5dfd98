// Step 8: what customers do with their mails comes back: opens, clicks, an unsubscription, a code.
import assert from 'node:assert/strict';
import { ask, send } from '../../support/controls.mjs';
import { until } from '../../support/wait.mjs';
import { codePrefix } from './offer.mjs';

const READER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0' };

export function trackingSteps(step, world) {
  step('8. a mail carries what it should: sender, one-click unsubscription, pixel, tracked links', async () => {
    const mails = world.relay.messages;
    assert.ok(mails.length >= 4, `${mails.length} mails`);
    [world.mail, world.leaving, world.answering] = mails;
    const { mail, server } = world;
    assert.match(mail.header('from'), /<offers@jamii\.co\.ke>/);
    assert.match(mail.subject, /10GB for the weekend$/);
    assert.match(mail.text, new RegExp(`10GB with ${codePrefix}[A-Z0-9]+`));
    assert.match(mail.header('list-unsubscribe'), new RegExp(`<${server.origin}/u/[^>]+>`));
    assert.equal(mail.header('list-unsubscribe-post'), 'List-Unsubscribe=One-Click');
    assert.ok(
      mail.images.some((url) => url.startsWith(`${server.origin}/t/o/`)),
      mail.html,
    );
    assert.ok(
      mail.links.some((url) => url.startsWith(`${server.origin}/t/c/`)),
      mail.html,
    );
    assert.doesNotMatch(mail.html, /\{\{|\{%/);
    const codes = new Set(mails.map(codeOf));
    assert.equal(codes.size, mails.length, 'every customer has a code of their own');
  });

  step('8. the pixel is fetched and the link followed, to the shop with its utm parameters', async () => {
    const { mail, server } = world;
    const pixel = await fetch(
      mail.images.find((url) => url.includes('/t/o/')),
      { headers: READER },
    );
    assert.equal(pixel.headers.get('content-type'), 'image/gif');
    const link = mail.links.find((url) => url.startsWith(`${server.origin}/t/c/`));
    const answer = await fetch(link, { headers: READER, redirect: 'manual' });
    assert.equal(answer.status, 302);
    const target = new URL(answer.headers.get('location'));
    assert.equal(target.origin + target.pathname, 'https://shop.jamii.co.ke/weekend');
    assert.deepEqual(Object.fromEntries(target.searchParams), {
      plan: '10gb',
      utm_source: 'muster',
      utm_medium: 'email',
      utm_campaign: 'weekend',
    });
    const forged = await fetch(`${server.origin}/t/c/${'A'.repeat(40)}`, { redirect: 'manual' });
    assert.equal(forged.status, 404);
  });

  step('8. one click in the mail program unsubscribes; a code is redeemed once', async () => {
    const { amina, mail, leaving } = world;
    const url = /<(http[^>]+)>/.exec(leaving.header('list-unsubscribe'))[1];
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
    assert.equal((await fetch(url, { method: 'POST', body })).status, 200);
    world.customer = await customerOf(world, mail);
    const code = codeOf(mail);
    const redeemed = await send(amina, 'POST', '/redemptions', { code, customerId: world.customer, value: '500.00' });
    assert.equal(redeemed.success, true, JSON.stringify(redeemed));
    assert.deepEqual(
      redeemed.data.rewards.map((one) => one.amount),
      ['50.00'],
    );
    const again = await send(amina, 'POST', '/redemptions', { code, customerId: world.customer });
    assert.deepEqual([again.status, again.error.code], [409, 'already_redeemed']);
  });

  step('8. the timeline of the customer tells it, and the campaign counts it', async () => {
    const { amina } = world;
    await amina.goto(`/customers/${world.customer}`);
    for (const text of ['Opened: ', 'Clicked: ', `Redeemed ${codeOf(world.mail)}`])
      await amina.getByText(text).first().waitFor();
    await world.shoot(amina, '08-timeline', { variants: true });
    await amina.goto(`/customers/${await customerOf(world, world.leaving)}`);
    await amina
      .getByText(/Unsubscribed/)
      .first()
      .waitFor();
    await world.shoot(amina, '08-unsubscribed');
    const stats = await until('the campaign counts it', async () => {
      const now = await ask(amina, `/campaigns/${world.campaign}/stats`);
      return now.unsubscribedCount === 1 && now;
    });
    assert.deepEqual([stats.openedCount, stats.clickedCount], [1, 1]);
  });
}

/** The code that stands in a mail. */
const codeOf = (mail) => new RegExp(`${codePrefix}[A-Z0-9]+`).exec(mail.text)[0];

export const customerOf = async (world, mail) =>
  (await world.row(`SELECT id FROM customers WHERE email = '${mail.to[0]}'`)).id;
