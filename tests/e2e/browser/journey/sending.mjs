// Steps 6 and 7: the campaign starts by itself, is watched in two windows, paused, resumed, and survives a power cut.
import assert from 'node:assert/strict';
import { figures, shown } from '../../support/controls.mjs';
import { until } from '../../support/wait.mjs';
import { campaignName } from './campaign.mjs';
import { assertOnceEach, outcomes } from './ledger.mjs';

/** What the relay takes over each message, so that there is time to act. */
const PACE_MS = 700;

export function sendingSteps(step, world) {
  step('6. moved to some seconds from now, the campaign starts by itself, on the second', async () => {
    const { amina, brian, relay } = world;
    relay.delayMs = PACE_MS;
    relay.messages.length = 0;
    await brian.goto(`/campaigns/${world.campaign}`);
    await amina.goto(`/campaigns/${world.campaign}`);
    await amina.getByRole('button', { name: 'Schedule…' }).click();
    const dialog = amina.getByRole('dialog');
    const start = Math.ceil(Date.now() / 1000) * 1000 + 3_000;
    await dialog.getByLabel('Start, Africa/Nairobi').fill(wallClock(start));
    await dialog.getByRole('button', { name: /^Schedule for/ }).click();
    await dialog.waitFor({ state: 'detached' });
    await amina.getByRole('button', { name: 'Pause' }).waitFor();
    const { started_at, scheduled_at } = await world.row(
      `SELECT started_at, scheduled_at FROM campaigns WHERE name = '${campaignName}'`,
    );
    assert.equal(Number(scheduled_at), start);
    const late = Number(started_at) - start;
    assert.ok(late >= 0 && late < 1_000, `it started ${late} ms after its moment`);
  });

  step('7. the numbers move in both windows while it sends', async () => {
    const { amina, brian } = world;
    const seen = [new Set(), new Set()];
    await until('both windows have shown three numbers', async () => {
      for (const [at, page] of [amina, brian].entries()) seen[at].add((await figures(page)).Sent);
      return seen.every((numbers) => numbers.size >= 3);
    });
    await world.shoot(brian, '07-live', { variants: true });
  });

  step('6. paused, nothing leaves; resumed, it goes on', async () => {
    const { amina, brian, relay } = world;
    await amina.getByRole('button', { name: 'Pause' }).click();
    await amina.getByRole('button', { name: 'Resume' }).waitFor();
    await brian.getByText('Paused').first().waitFor();
    await until(
      'what was in flight is done',
      async () => (await world.row('SELECT count(*) AS n FROM send_leases')).n === 0,
    );
    const before = await outcomes(world);
    assert.ok(before.pending > 0 && before.sent > 0, JSON.stringify(before));
    const arrived = relay.messages.length;
    await world.shoot(amina, '06-paused', { variants: true });
    await amina.getByRole('tab', { name: /Recipients/ }).click();
    await until('recipients are listed', async () => (await amina.getByRole('row').count()) > 10);
    await world.shoot(amina, '06-recipients');
    await amina.getByRole('tab', { name: 'Live' }).click();
    assert.deepEqual([await outcomes(world), relay.messages.length], [before, arrived]);
    await amina.getByRole('button', { name: 'Resume' }).click();
    await until('more have left', async () => (await outcomes(world)).sent > before.sent);
  });

  step('6. killed in the middle and started again, it ends with every message once', async () => {
    const { amina, brian, relay, server, browser } = world;
    const atCrash = relay.messages.length;
    await until('a mail is on its way', () => relay.messages.length > atCrash);
    await server.crash();
    assert.ok((await outcomes(world)).pending > 0, 'the server was killed too late');
    relay.delayMs = 0;
    await until(
      'the campaign is completed',
      async () =>
        (await world.row(`SELECT status FROM campaigns WHERE name = '${campaignName}'`)).status === 'completed',
      { timeoutMs: 90_000 },
    );
    const end = await outcomes(world);
    assert.equal(end.pending, 0);
    assert.equal(end.sent + end.unknown, world.audience.messages);
    await assertOnceEach(world);
    // The windows come back by themselves.
    for (const page of [amina, brian]) {
      await until('the window shows the end', async () => (await figures(page)).Sent === shown(end.sent));
    }
    await amina.getByText('Completed').first().waitFor();
    await world.shoot(amina, '07-completed', { variants: true });
    // While the server was away the pages could not reach it; nothing else may have gone wrong.
    const others = browser.problems.splice(0).filter((text) => !/net::ERR_/.test(text));
    assert.deepEqual(others, []);
  });
}

/** The moment as a clock in Nairobi shows it, as a field for date and time takes it. */
const wallClock = (at) => new Date(at + 3 * 3_600_000).toISOString().slice(0, 19);
