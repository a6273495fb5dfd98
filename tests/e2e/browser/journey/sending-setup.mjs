// Before step 5: where mails go and how customers come back, set in Settings by clicking.
import assert from 'node:assert/strict';
import { admin } from '../../support/people.mjs';
import { choose, pick } from '../../support/controls.mjs';
import { until } from '../../support/wait.mjs';

export function sendingSetupSteps(step, world) {
  step('6. the public address of the server is set, so that clicks come back', async () => {
    const { amina, server } = world;
    await amina.goto('/settings');
    await amina.getByLabel('Public address').fill(server.origin);
    await amina.getByRole('button', { name: 'Save workspace' }).click();
    await amina.getByText('Workspace saved').waitFor();
  });

  step('6. a mail relay is added, and a test through it arrives', async () => {
    const { amina, relay } = world;
    await amina.goto('/settings/sending');
    await pick(amina, 'Add provider', 'Email relay (SMTP)');
    const dialog = amina.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Office relay');
    await dialog.getByRole('textbox', { name: 'Server' }).fill('127.0.0.1');
    await choose(dialog, 'Security', 'None (same machine)');
    await dialog.getByLabel('Port').fill(String(relay.port));
    await dialog.getByLabel('Send from').fill('offers@jamii.co.ke');
    await dialog.getByLabel('Sender name').fill('Jamii Mobile');
    await world.shoot(amina, '06-relay');
    await dialog.getByRole('tab', { name: 'Limits' }).click();
    await dialog.getByLabel('Connections', { exact: true }).fill('1');
    await dialog.getByRole('button', { name: 'Add provider' }).click();
    await amina.getByText('Provider added').waitFor();
    await amina.getByRole('button', { name: 'Send test' }).click();
    await dialog.getByRole('button', { name: 'Send test' }).click();
    await dialog.getByText('Accepted. Look whether it arrived.').waitFor();
    await world.shoot(amina, '06-test-sent', { variants: true });
    const [test] = await until('the test arrives', () => relay.to(admin.email).length && relay.to(admin.email));
    assert.match(test.header('from'), /Jamii Mobile.*<offers@jamii\.co\.ke>/);
    await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  });
}
